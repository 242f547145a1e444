"""What the user wrote: the blueprint, read with positions and checked in full."""

"""What a change replaces, how sure that is, and all that it forces."""

"""The commands of `stackwright`, one file each; `stackwright_cli` finds them by looking."""

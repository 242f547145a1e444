"""What a change means for those who call a service."""

"""What changes between two plans, and what that means: plain data, made without Pulumi."""

"""The life of an environment on the real Pulumi engine."""

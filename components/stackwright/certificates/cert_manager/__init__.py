"""cert-manager: certificates as custom resources, and an authority of the environment's own."""

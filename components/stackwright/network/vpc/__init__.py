"""Amazon VPC: private and public subnets in several zones, with logged traffic."""

"""Amazon EKS: a managed cluster and its node pools."""

"""EKS Pod Identity: one role per workload, without keys."""

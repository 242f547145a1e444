"""Cloud roles for the workloads in the cluster."""

"""The Kubernetes cluster that workloads run in."""

"""From a built image to Kubernetes manifests of one environment."""

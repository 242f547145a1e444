"""A Kubernetes cluster that is already there, reached by a context of the caller's kubeconfig."""

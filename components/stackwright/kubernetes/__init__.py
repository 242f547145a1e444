"""What components in the cluster share: namespaces, pods, releases, secrets."""

"""SeaweedFS: an object store in the cluster, with the API of S3."""

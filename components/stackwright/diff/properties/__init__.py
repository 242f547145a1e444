"""Which properties of a resource differ: by path, by key and by meaning."""

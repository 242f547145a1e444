"""Amazon S3: one private, encrypted, versioned bucket per purpose."""

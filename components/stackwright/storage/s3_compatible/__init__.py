"""An object store that is already there and speaks the API of S3."""

"""Amazon ECR: private, scanned repositories with tags that cannot be moved."""

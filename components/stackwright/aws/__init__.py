"""What components on AWS share: keys, policy documents."""

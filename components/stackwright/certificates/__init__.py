"""What issues the certificates of services and webhooks inside the cluster."""

"""What the service does as more and more work comes, whether it can take it or not."""

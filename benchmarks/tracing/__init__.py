"""What metrics and traces cost, paired with neither."""

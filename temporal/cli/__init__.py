"""What the scripts run, importable and testable."""

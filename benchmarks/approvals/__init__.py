"""What a decision by the API takes, and the inbox: `python -m benchmarks.approvals`."""

"""What the gateway costs, paired with the direct way; `python -m benchmarks.gateway`."""

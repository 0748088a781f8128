"""What a worker's death costs, stock and supervised side by side; `python -m benchmarks.recovery`."""

"""The Compose stack beside upstream's settings; `python -m benchmarks.stack`."""

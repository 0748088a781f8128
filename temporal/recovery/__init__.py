"""What happens when a worker dies: its supervisor knows at once, and its gateway knows what it held."""

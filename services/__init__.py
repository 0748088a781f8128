"""What runs beside the workers and is reached over HTTP."""

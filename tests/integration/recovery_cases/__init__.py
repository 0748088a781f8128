"""A worker in plain Temporal that dies where a test wants it to, and the supervisor that runs it."""

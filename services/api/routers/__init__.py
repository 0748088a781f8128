"""Routes: from HTTP to the service functions and back, one concern a file."""

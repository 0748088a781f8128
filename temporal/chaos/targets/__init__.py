"""What a chaos run works on: an embedded engine, a Compose stack, or a Temporal that runs already."""

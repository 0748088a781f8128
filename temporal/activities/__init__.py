"""The six activities: the only place where a workflow touches the world, each idempotent."""

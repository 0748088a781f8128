"""The effect record and the decisions: what happened, once, in SQLite or PostgreSQL."""

"""Orchestration only: deterministic code that decides what happens next and does no I/O."""

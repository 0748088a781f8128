"""Durable workflows on Temporal: what they do, what runs them, and the proof that they survive."""

"""Faults: how each is inflicted, how it is known to have landed, and how it ends."""

"""Dataclasses that cross a boundary: inputs, results, signals, statuses; they import nothing of ours."""

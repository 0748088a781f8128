"""Histories of real runs, replayed by `tests/workflows/test_replay.py`; `record` makes them.

A file here stands for runs that are under way somewhere: code that cannot replay it would stop them. So a
history is recorded once, and a change that breaks its replay needs `workflow.patched`, not a new recording.
"""

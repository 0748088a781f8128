"""Negative controls: broken variants, run for real, which the invariants must catch.

A check that never fails proves nothing. `python -m temporal.chaos.controls` runs them all.
"""

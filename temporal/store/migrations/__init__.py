"""The schema's history, as Alembic revisions numbered 0001, 0002, …; `upgrade.py` applies it.

Revisions only go forward: a restored backup is the way back. A new revision: add `versions/NNNN_what.py` from
`script.py.mako`, change `schema.py`, set `HEAD` in `prepare.py`, and run `python -m temporal.store supabase`.
Tests compare the four. What a revision uses of the other modules here must not change what it says: it is
history.
"""

"""What can go wrong with the store, for those who ask it; no database library is imported here."""


class StoreError(Exception):
    """The store cannot do its work now: unreachable, locked, or of another version. Trying again may help."""


class EffectConflict(Exception):
    """The key is taken by another input. Names both digests, never the inputs; trying again is useless."""

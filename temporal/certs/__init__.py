"""Makes the certificates and tokens of a secured Temporal: who is who, and what they may."""

"""The chaos harness's thin public face."""

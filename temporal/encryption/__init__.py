"""Payload encryption: what Temporal stores for us it cannot read. On when a key is set, else only a guard."""

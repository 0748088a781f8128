"""Tests of the Compose stack on a running Docker engine: `make test-stack`."""

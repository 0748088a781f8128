"""The workflows on Temporal's time-skipping test server, with the real activities, store and worker."""

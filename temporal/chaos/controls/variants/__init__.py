"""Workers that are wrong on purpose, each in one way; only `temporal.chaos.controls.worker` runs them."""

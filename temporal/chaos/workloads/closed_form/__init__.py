"""A workflow of every common shape whose result has a closed form; only the chaos worker registers it."""

"""Measurements, in one run: the embedded engine beside the stock dev server, and the bars of the project."""

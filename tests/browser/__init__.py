"""Tests of the approval pages in headless Chromium, on a real engine and worker: `make test-browser`."""

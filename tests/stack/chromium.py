"""Where this machine's Chromium is."""

import shutil

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
"""What Chromium is called on Debian, on Ubuntu, and by Google; the first found is used."""


def program() -> str:
    """Returns the Chromium of this machine."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert found, f"no Chromium: install one of {', '.join(PROGRAMS)}"
    return found

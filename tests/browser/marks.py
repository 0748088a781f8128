"""The marks of a module of browser tests: one loop for its tests, which share a site and a browser."""

import pytest

MARKS = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

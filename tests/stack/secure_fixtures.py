"""pytest plugin: a secured stack that is up, with its worker and its API.

A test module asks for it by `pytest_plugins = ["tests.stack.secure_fixtures"]`.
"""

import uuid
from collections.abc import Iterator

import pytest

from tests.stack.secure_stack import SecureStack


@pytest.fixture(scope="session")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureStack]:
    """One secured stack for every test: started from a clean state, and removed with its volumes."""
    stack = SecureStack(tmp_path_factory.mktemp("secure"), f"secure-test-{uuid.uuid4().hex[:8]}")
    stack.certs.fill()
    try:
        stack.must("up")
        yield stack
    finally:
        stack.must("down", "--volumes")

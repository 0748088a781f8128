"""pytest plugin: tests of the settings must not see the connection profiles of whoever runs them.

A test module asks for it by `pytest_plugins = ["tests.no_profile"]` and the mark `usefixtures`.
"""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def no_profile_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Moves the home folder, where the SDK looks for its own file, to an empty one."""
    home = str(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", home)
        patch.setenv("XDG_CONFIG_HOME", home)
        yield

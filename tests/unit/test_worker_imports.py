"""What a worker loads before it polls: its start is the time of its imports."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["temporal.workers.worker", "temporal.workers.registration"])
def test_the_database_library_is_not_loaded_before_the_store_is_opened(module: str) -> None:
    program = f"import sys, {module}; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

"""What a worker loads before it polls: its start is the time of its imports."""

import subprocess
import sys
from pathlib import Path

import pytest

from temporal.workers.code_id import code_id


@pytest.mark.parametrize("library", ["sqlalchemy", "typer", "apprise", "opentelemetry"])
@pytest.mark.parametrize("module", ["temporal.workers.worker", "temporal.workers.serving"])
def test_a_worker_that_begins_to_poll_has_not_loaded_what_it_does_not_need_for_that(
    module: str, library: str
) -> None:
    program = f"import sys, {module}; sys.exit({library!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_code_id_tells_the_code_and_not_what_was_loaded(tmp_path: Path) -> None:
    program = "from temporal.workers.code_id import code_id; print(code_id())"
    plain, more = (
        subprocess.check_output([sys.executable, "-c", load + program])
        for load in ("", "import temporal.store.effects; ")
    )
    assert plain == more
    (tmp_path / "one.py").write_text("a = 1")
    before = code_id(tmp_path)
    (tmp_path / "one.py").write_text("a = 2")
    assert code_id(tmp_path) != before

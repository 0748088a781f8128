"""The plugin is loaded by every test run of whoever installs the package: it must cost next to nothing."""

import subprocess
import sys


def test_loading_the_plugin_loads_neither_the_sdk_nor_the_database_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import temporal.chaos.pytest_plugin; "
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(shown.stdout.split())
    assert "temporal" in loaded
    assert loaded.isdisjoint({"temporalio", "sqlalchemy", "grpc", "psutil", "typer", "rich", "jinja2"})

"""pytest plugin: a real OTLP receiver, and the variables that send a process's traces there.

A test module asks for it by `pytest_plugins = ["tests.tracing_fixtures"]`.
"""

from collections.abc import Iterator

import pytest

from tests.otlp_receiver import Receiver

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that listens."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def traced(receiver: Receiver) -> dict[str, str]:
    """The variables of a process whose traces go to the receiver, and whose logs are JSON."""
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "LOG_FORMAT": "json"}

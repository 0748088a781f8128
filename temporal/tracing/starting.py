"""Turns tracing on for this process, if the settings say so, and sends what is left at its end."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from temporalio.client import Interceptor

from temporal.tracing_settings import TracingSettings

FLUSH_SECONDS = 2.0
"""How long the last spans may take at a process's end, in seconds; less than a drain's margin."""


@dataclass(frozen=True)
class Tracing:
    """What a process does for its traces; nothing when it has none.

    Attributes:
        interceptors: What a Temporal client gets; its workers take them over.
        send_rest: Sends the spans that wait, for however long it takes; None without traces.
    """

    interceptors: Sequence[Interceptor] = ()
    send_rest: Callable[[], object] | None = None

    @property
    def on(self) -> bool:
        """Whether there are traces."""
        return self.send_rest is not None

    def flush(self) -> None:
        """Sends the spans that wait, for at most FLUSH_SECONDS; what is left then is lost."""
        if self.send_rest is None:
            return
        sending = threading.Thread(target=self.send_rest, name="last-spans", daemon=True)
        sending.start()
        sending.join(FLUSH_SECONDS)


OFF = Tracing()


def start_tracing(settings: TracingSettings, part: str, instance: str = "") -> Tracing:
    """Returns what the process does for its traces. Call it once, before the first connection.

    Args:
        settings: Whether there are traces, and where they go.
        part: Which program this is: `worker`, `api` or `cli`.
        instance: What tells this process from others of its kind.
    """
    if not settings.on:
        return OFF
    from temporal.tracing.pipeline import started  # loads OpenTelemetry

    return started(settings, part, instance)

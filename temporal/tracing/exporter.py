"""Sends batches of spans without the words of errors, and says once when nobody takes them."""

import logging
from collections.abc import Sequence

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status

log = logging.getLogger("temporal.tracing")

ERROR_WORDS = ("exception.message", "exception.stacktrace")
"""Attributes that hold what an error says: it may quote a payload, which no trace shall hold."""


class CarefulExporter(SpanExporter):
    """Passes spans on.

    Args:
        exporter: Who sends them; its own log should be silenced.
        endpoint: Where to, for the log.
    """

    def __init__(self, exporter: SpanExporter, endpoint: str) -> None:
        self._exporter = exporter
        self._endpoint = endpoint
        self._lost = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Sends a batch; called by one thread at a time."""
        try:
            result = self._exporter.export([without_words(span) for span in spans])
        except Exception as error:  # what cannot be sent must not come again, nor fail the work
            log.debug("spans cannot be sent: %s", type(error).__name__)
            result = SpanExportResult.FAILURE
        if result is SpanExportResult.SUCCESS:
            if self._lost:
                log.info("traces: %s takes spans again; at least %d were lost", self._endpoint, self._lost)
            self._lost = 0
            return result
        if not self._lost:
            log.warning("traces: %s takes no spans; they are lost until it does", self._endpoint)
        self._lost += len(spans)
        return result

    def shutdown(self) -> None:
        """Ends the connection."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Returns at once: nothing waits here."""
        return self._exporter.force_flush(timeout_millis)


def without_words(span: ReadableSpan) -> ReadableSpan:
    """Returns the span with its errors' types, and without what they say."""
    if not span.events and span.status.description is None:
        return span
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes,
        events=[_without_words(event) for event in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _without_words(event: Event) -> Event:
    said = event.attributes or {}
    kept = {name: value for name, value in said.items() if name not in ERROR_WORDS}
    return Event(event.name, kept, event.timestamp)

"""What leaves the process: spans without the words of errors, and one line when nobody takes them."""

import logging
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, StatusCode

from temporal.tracing.exporter import CarefulExporter

CANARY = "canary-of-an-error"


class Takes(SpanExporter):
    """Answers what it is told to."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []
        self.answer: SpanExportResult | Exception = SpanExportResult.SUCCESS

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans += spans
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def takes() -> Takes:
    return Takes()


@pytest.fixture
def provider(takes: Takes) -> TracerProvider:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(CarefulExporter(takes, "http://here:4318")))
    return provider


def failing(provider: TracerProvider, name: str) -> None:
    """Makes a span that ends with an error."""
    with provider.get_tracer("test").start_as_current_span(name, kind=SpanKind.SERVER) as span:
        span.set_attribute("kept", "yes")
        raise KeyError(CANARY)


def about_spans(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.message) for record in caplog.records if record.levelno > logging.DEBUG]


def test_an_error_s_type_goes_out_and_its_words_do_not(provider: TracerProvider, takes: Takes) -> None:
    with pytest.raises(KeyError):
        failing(provider, "fails")
    [span] = takes.spans
    [event] = span.events
    assert event.attributes is not None
    assert event.attributes["exception.type"] == "KeyError"
    assert span.status.status_code is StatusCode.ERROR
    assert (span.name, span.kind) == ("fails", SpanKind.SERVER)
    assert dict(span.attributes or {}) == {"kept": "yes"}
    assert CANARY not in span.to_json()
    assert span.context is not None
    assert span.context.is_valid


@pytest.mark.parametrize("answer", [SpanExportResult.FAILURE, ValueError(CANARY)])
def test_lost_spans_are_told_of_once_and_their_number_when_they_go_out_again(
    provider: TracerProvider,
    takes: Takes,
    answer: SpanExportResult | Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tracer = provider.get_tracer("test")
    with caplog.at_level(logging.DEBUG):
        takes.answer = answer
        for _ in range(3):
            tracer.start_span("lost").end()
        lost = (logging.WARNING, "traces: http://here:4318 takes no spans; they are lost until it does")
        assert about_spans(caplog) == [lost]
        takes.answer = SpanExportResult.SUCCESS
        for _ in range(3):
            tracer.start_span("sent").end()
    again = (logging.INFO, "traces: http://here:4318 takes spans again; at least 3 were lost")
    assert about_spans(caplog) == [lost, again]
    assert CANARY not in caplog.text

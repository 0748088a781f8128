"""The way of a span: made by the SDK's interceptor, kept in a bounded queue, sent in batches by a thread.

Why the SDK's `TracingInterceptor` and not its newer plugin, and why HTTP and not gRPC: docs/tracing.md.
"""

import logging

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider, sampling
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from temporalio.contrib.opentelemetry import TracingInterceptor

from temporal.tracing import current
from temporal.tracing.attempts import AttemptOfActivity
from temporal.tracing.exporter import CarefulExporter
from temporal.tracing.starting import Tracing
from temporal.tracing_settings import TracingSettings

QUEUE_SPANS = 4_096
"""Spans that may wait, a few MB; the oldest are dropped for the newest."""

BATCH_SPANS = 512
BATCH_MILLISECONDS = 1_000
"""How long a span waits at most for others, in ms: what a SIGKILL takes with it."""

ANSWER_SECONDS = 5.0
"""How long the receiver may take for one batch, attempts included, in seconds."""

PATH = "/v1/traces"
"""Where a receiver takes spans, as OpenTelemetry has it."""

NAME_PREFIX = "durable-workflows-"


def started(settings: TracingSettings, part: str, instance: str) -> Tracing:
    """Starts the thread that sends, makes it this process's, and returns what uses it."""
    # Theirs would be a line for each batch that is lost; CarefulExporter says it once.
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)
    logging.getLogger("opentelemetry.sdk").setLevel(logging.ERROR)
    named = {SERVICE_NAME: settings.service_name or NAME_PREFIX + part}
    resource = Resource.create(named | ({SERVICE_INSTANCE_ID: instance} if instance else {}))
    provider = TracerProvider(sampler=_sampler(settings), resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(
        BatchSpanProcessor(
            CarefulExporter(_exporter(settings), settings.endpoint),
            max_queue_size=QUEUE_SPANS,
            schedule_delay_millis=BATCH_MILLISECONDS,
            max_export_batch_size=BATCH_SPANS,
        )
    )
    trace.set_tracer_provider(provider)
    current.use(_ids)
    tracing = TracingInterceptor(provider.get_tracer("temporal"))
    return Tracing((tracing, AttemptOfActivity()), provider.force_flush)


def _ids() -> current.Ids:
    span = trace.get_current_span().get_span_context()
    if not span.is_valid:
        return {}
    return {"trace_id": trace.format_trace_id(span.trace_id), "span_id": trace.format_span_id(span.span_id)}


def _exporter(settings: TracingSettings) -> OTLPSpanExporter:
    return OTLPSpanExporter(
        endpoint=settings.endpoint.rstrip("/") + PATH,
        certificate_file=str(settings.authority) if settings.authority else None,
        headers=dict(settings.headers or ()),
        timeout=ANSWER_SECONDS,
        compression=Compression.NoCompression,
    )


def _sampler(settings: TracingSettings) -> sampling.Sampler:
    name = settings.sampler.removeprefix("parentbased_")
    chosen: dict[str, sampling.Sampler] = {
        "always_on": sampling.ALWAYS_ON,
        "always_off": sampling.ALWAYS_OFF,
        "traceidratio": sampling.TraceIdRatioBased(settings.sampler_share),
    }
    return chosen[name] if name == settings.sampler else sampling.ParentBased(chosen[name])

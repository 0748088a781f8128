"""An OTLP/HTTP receiver on a free port of 127.0.0.1, with OpenTelemetry's own messages."""

import ssl
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from temporal.chaos.observation import until


@dataclass(frozen=True)
class Received:
    """A span as it came.

    Attributes:
        service: What its resource calls the program.
        instance: What its resource calls the process.
        links: The traces that it links to.
    """

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, object]
    service: str
    instance: str
    links: tuple[str, ...]


class Receiver:
    """Keeps everything that it is sent.

    Args:
        port: Where it listens; a free one by default.
        tls: What it speaks TLS with; plain HTTP by default.

    Attributes:
        url: Where it listens, as the setting has it.
        requests: The batches, as they came.
        headers: What came with the last batch.
    """

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        self.headers: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, self))
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._serving = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> "Receiver":
        self._serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()

    def spans(self) -> list[Received]:
        """Returns every span that has come."""
        return [span for request in list(self.requests) for span in _spans(request)]

    def named(self, name: str) -> list[Received]:
        """Returns the spans of a name."""
        return [span for span in self.spans() if span.name == name]

    def of_trace(self, trace_id: str) -> Counter[str]:
        """Returns how often each name occurs in a trace."""
        return Counter(span.name for span in self.spans() if span.trace_id == trace_id)

    def twice(self) -> list[str]:
        """Returns the ids of spans that came more than once."""
        return [number for number, times in Counter(s.span_id for s in self.spans()).items() if times > 1]

    def text(self) -> str:
        """Returns all that has come, as JSON: to look for what must not be in it."""
        return "\n".join(MessageToJson(request) for request in list(self.requests))

    async def received(self, name: str, times: int = 1) -> list[Received]:
        """Waits until spans of a name have come so often, and returns them."""

        async def reached() -> bool:
            return len(self.named(name)) >= times

        await until(f"{times} spans {name!r} have come", reached)
        return self.named(name)


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, receiver: Receiver, *server_s: Any) -> None:
        self._receiver = receiver
        super().__init__(*server_s)

    def handle(self) -> None:
        """Answers one request."""
        self.raw_requestline = self.rfile.readline()
        if not self.raw_requestline or not self.parse_request():
            return
        asked = (self.command, self.path, self.headers["Content-Type"])
        if asked != ("POST", "/v1/traces", "application/x-protobuf"):
            self.send_error(400)
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._receiver.headers = dict(self.headers)
        self._receiver.requests.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keeps the tests' output clean."""


def _spans(request: ExportTraceServiceRequest) -> Iterator[Received]:
    for of_resource in request.resource_spans:
        resource = _values(of_resource.resource.attributes)
        for span in (span for scope in of_resource.scope_spans for span in scope.spans):
            yield Received(
                name=span.name,
                trace_id=span.trace_id.hex(),
                span_id=span.span_id.hex(),
                parent_id=span.parent_span_id.hex(),
                attributes=_values(span.attributes),
                service=str(resource["service.name"]),
                instance=str(resource.get("service.instance.id", "")),
                links=tuple(link.trace_id.hex() for link in span.links),
            )


def _values(pairs: Iterable[KeyValue]) -> dict[str, object]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> object:
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind else None

"""The gateway's own connection to Temporal: it forwards bytes, and makes the calls of a release."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import grpc
from google.protobuf.message import Message
from temporalio.service import TLSConfig

from temporal.config import ConnectionSettings

SERVICE = "/temporal.api.workflowservice.v1.WorkflowService/"

Metadata = Sequence[tuple[str, str | bytes]]
R = TypeVar("R", bound=Message)

CALL_SECONDS = 5.0
"""How long one call of a release may take, in seconds; a few milliseconds when the server is well."""

PATIENCE_SECONDS = 60.0
"""How long such a call is tried again while the server is away, unless its maker knows better; in seconds."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Pauses between its attempts, in seconds: doubled from the first to the longest."""

NOT_HEARD = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.CANCELLED,
    }
)
"""Codes of calls that the server may not have dealt with; every other one is its last word."""

OPTIONS = (
    # The server's own limits decide what is too large, not gRPC's 4 MB.
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    # A call to a server that restarts waits for the next attempt: at most this long, in milliseconds.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
)

KEEPALIVE = (
    # A connection whose other end has gone without a word is given up after 25 s; 10 s is the server's least.
    ("grpc.keepalive_time_ms", 15_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to one call, to be passed on as it is.

    Attributes:
        response: The message's bytes; None when the call failed.
        metadata: The trailing metadata; with a failure's `grpc-status-details-bin`.
        code: The failure's status code; OK otherwise.
        details: The failure's message.
        seconds: How long the server took, network included.
    """

    response: bytes | None
    metadata: Metadata = ()
    code: grpc.StatusCode = grpc.StatusCode.OK
    details: str = ""
    seconds: float = 0.0

    @property
    def heard(self) -> bool:
        """Whether the server has dealt with the call, be it by refusing it."""
        return self.code not in NOT_HEARD


class Upstream(Protocol):
    """Where calls go."""

    async def forward(self, method: str, request: bytes, seconds: float | None, metadata: Metadata) -> Answer:
        """Makes one unary call and returns whatever came of it.

        Args:
            method: The full name, `/PACKAGE.SERVICE/METHOD`.
            request: The message's bytes.
            seconds: The deadline; None for none.
            metadata: What the caller sent along.
        """
        ...

    async def close(self) -> None:
        """Ends the connection; calls under way are cancelled."""
        ...


class Temporal:
    """A connection to Temporal with the credentials of the settings, which no worker gets to see.

    Args:
        settings: Address, TLS and API key.
    """

    def __init__(self, settings: ConnectionSettings) -> None:
        self._own = [(name.lower(), value) for name, value in settings.rpc_metadata.items()]
        if settings.api_key:
            self._own.append(("authorization", f"Bearer {settings.api_key}"))
        credentials, options = _credentials(settings)
        if credentials is None:
            self._channel = grpc.aio.insecure_channel(settings.address, options=options)
        else:
            self._channel = grpc.aio.secure_channel(settings.address, credentials, options=options)

    async def forward(self, method: str, request: bytes, seconds: float | None, metadata: Metadata) -> Answer:
        """Makes one unary call; see `Upstream`."""
        names = {name for name, _ in self._own}
        sent = [*self._own, *((name, value) for name, value in metadata if name not in names)]
        unary: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(method)
        begun = time.perf_counter()
        call = unary(request, timeout=seconds, metadata=sent)
        try:
            response = await call
            trailing = tuple(await call.trailing_metadata() or ())
            return Answer(response=response, metadata=trailing, seconds=time.perf_counter() - begun)
        except grpc.aio.AioRpcError as error:
            return Answer(
                response=None,
                metadata=tuple(error.trailing_metadata() or ()),
                code=error.code(),
                details=error.details() or "",
                seconds=time.perf_counter() - begun,
            )

    async def close(self) -> None:
        """Closes the connection; calls under way are cancelled."""
        await self._channel.close()


async def ask(
    upstream: Upstream,
    method: str,
    request: Message,
    kind: type[R],
    seconds: float = CALL_SECONDS,
    patience: float = PATIENCE_SECONDS,
) -> R | Answer:
    """Makes a call of the gateway's own to WorkflowService; waits for a server that is away.

    Args:
        upstream: Temporal.
        method: The method's name; the call must bear to be made twice.
        request: What to ask.
        kind: The response's type.
        seconds: The deadline of one attempt.
        patience: How long to try again, in seconds.

    Returns:
        The response, or the answer that tells why there is none.
    """
    namespace = getattr(request, "namespace", "")
    metadata = (("temporal-namespace", namespace),) if namespace else ()
    data, end, pause = request.SerializeToString(), time.monotonic() + patience, FIRST_PAUSE
    while True:
        answer = await upstream.forward(SERVICE + method, data, seconds, metadata)
        if answer.response is not None:
            return kind.FromString(answer.response)
        if answer.heard or time.monotonic() > end:
            return answer
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _credentials(
    settings: ConnectionSettings,
) -> tuple[grpc.ChannelCredentials | None, list[tuple[str, str | int]]]:
    options: list[tuple[str, str | int]] = [*OPTIONS, *KEEPALIVE]
    if settings.tls is False and not settings.api_key:
        return None, options
    tls = settings.tls if isinstance(settings.tls, TLSConfig) else TLSConfig()
    if tls.domain:
        options.append(("grpc.ssl_target_name_override", tls.domain))
    return (
        grpc.ssl_channel_credentials(tls.server_root_ca_cert, tls.client_private_key, tls.client_cert),
        options,
    )

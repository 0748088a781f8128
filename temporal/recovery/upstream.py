"""The gateway's own connection to Temporal: it forwards bytes, and makes the calls of a release."""

import asyncio
import time
from dataclasses import replace
from typing import Protocol, TypeVar

from google.protobuf.message import Message
from temporalio.service import RPCStatusCode

from temporal.config import ConnectionSettings
from temporal.recovery.http2.answer import Answer, Request, failed
from temporal.recovery.http2.channel import Channel
from temporal.recovery.http2.headers import Headers
from temporal.recovery.tls import tls_context

SERVICE = "/temporal.api.workflowservice.v1.WorkflowService/"

R = TypeVar("R", bound=Message)

CALL_SECONDS = 5.0
"""How long one call of a release may take, in seconds; a few milliseconds when the server is well."""

PATIENCE_SECONDS = 60.0
"""How long such a call is tried again while the server is away, unless its maker knows better; in seconds."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Pauses between its attempts, in seconds: doubled from the first to the longest."""

NOT_HEARD = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.UNKNOWN,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.DATA_LOSS,
        RPCStatusCode.OUT_OF_RANGE,
    }
)
"""Codes of calls that the server may not have dealt with, after which SDKs call again; every other one is its
last word. To give back a task that has ended is refused and does nothing."""


def is_final(answer: Answer) -> bool:
    """Tells whether the server has dealt with a call, be it by refusing it."""
    return answer.code not in NOT_HEARD


class Upstream(Protocol):
    """Where calls go."""

    async def forward(self, request: Request) -> Answer:
        """Makes one unary call and returns whatever came of it."""
        ...

    async def close(self) -> None:
        """Ends the connection; calls under way fail."""
        ...


class Temporal:
    """A connection to Temporal with the credentials of the settings, which no worker gets to see.

    Args:
        settings: Address, TLS and API key.
    """

    def __init__(self, settings: ConnectionSettings) -> None:
        own = dict(settings.rpc_metadata)
        if settings.api_key:
            own["authorization"] = f"Bearer {settings.api_key}"
        self._own: Headers = tuple((name.lower().encode(), value.encode()) for name, value in own.items())
        self._names = frozenset(name for name, _ in self._own)
        host, _, port = settings.address.rpartition(":")
        context, name = tls_context(settings)
        self._channel = Channel(host.strip("[]"), int(port), context, name)

    async def forward(self, request: Request) -> Answer:
        """Makes one unary call; see `Upstream`."""
        if self._own:
            metadata = (*self._own, *(one for one in request.metadata if one[0] not in self._names))
            request = replace(request, metadata=metadata)
        begun = time.perf_counter()
        answer = await self._channel.call(request)
        answer.seconds = time.perf_counter() - begun
        return answer

    async def close(self) -> None:
        """Closes the connection; calls under way fail."""
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
    metadata = ((b"temporal-namespace", namespace.encode()),) if namespace else ()
    asked = Request(SERVICE + method, request.SerializeToString(), metadata, seconds)
    end, pause = time.monotonic() + patience, FIRST_PAUSE
    while True:
        try:
            async with asyncio.timeout(seconds):
                answer = await upstream.forward(asked)
        except TimeoutError:
            answer = failed(RPCStatusCode.DEADLINE_EXCEEDED, f"no answer within {seconds:g} s")
        if answer.response is not None:
            return kind.FromString(answer.response)
        if is_final(answer) or time.monotonic() > end:
            return answer
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)

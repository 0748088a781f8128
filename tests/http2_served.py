"""The gateway's server of gRPC with a handler of the test's, to be called by whatever client."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import grpc

from temporal.recovery.http2.answer import Answer, Request
from temporal.recovery.http2.listening import GrpcServer
from temporal.recovery.http2.server import Admits

METHOD = "/shop.Orders/Place"
GOING_ON = "/shop.Orders/Pay"

Call = grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]


async def echo(request: Request) -> Answer:
    """Answers with what was asked."""
    return Answer(request.message)


async def anybody(port: int) -> bool:
    """Admits every caller."""
    return True


@asynccontextmanager
async def serving(
    handler: Callable[[Request], Awaitable[Answer]], admits: Admits = anybody
) -> AsyncIterator[int]:
    """Runs a server, and yields its port."""
    listening = GrpcServer(handler, {GOING_ON}, admits)
    yield await listening.start()
    await listening.close()

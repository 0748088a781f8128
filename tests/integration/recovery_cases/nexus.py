"""A Nexus service whose handler dies once."""

import asyncio

import nexusrpc
from nexusrpc.handler import StartOperationContext, service_handler, sync_operation

from tests.integration.recovery_cases.marks import die_once, mark


@nexusrpc.service
class Desk:
    """The service."""

    serve: nexusrpc.Operation[str, str]


@service_handler(service=Desk)
class DeskHandler:
    """Serves at once, but for a mark: then it dies once, and serves later when the test lets it."""

    @sync_operation
    async def serve(self, _: StartOperationContext, name: str) -> str:
        """Returns a word."""
        die_once(name)
        while name and not mark(f"{name}.go").exists():
            await asyncio.sleep(0.02)
        return "served"

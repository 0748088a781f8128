"""What an ASGI middleware learns of the answer that passes through it."""

from starlette.types import Message, Send


class AnswerStatus:
    """Sends an answer on and keeps its status.

    Args:
        send: Where it goes.

    Attributes:
        status: The answer's; 0 until one has begun.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """Passes a part of the answer on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)

"""A Temporal that answers as a test says: for what a real server cannot be made to do at will."""

from temporalio.service import RPCStatusCode

from temporal.recovery.http2.answer import Answer, Request
from temporal.recovery.upstream import SERVICE

DONE = Answer(response=b"")


def refusal(code: RPCStatusCode) -> Answer:
    """An answer of a call that failed."""
    return Answer(response=None, code=code, details="as the test says")


class ScriptedUpstream:
    """Answers each method by its next answer, and by DONE when there is none left.

    Attributes:
        answers: What comes next, by method name.
        calls: The method names that were called, in order.
    """

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.calls: list[str] = []

    async def forward(self, request: Request) -> Answer:
        """Makes no call."""
        name = request.method.removeprefix(SERVICE)
        self.calls.append(name)
        script = self.answers.get(name, [])
        return script.pop(0) if script else DONE

    async def close(self) -> None:
        """Has nothing to close."""

"""A workflow that takes messages, as it should be and with a place for one message only."""

from datetime import timedelta

from temporalio import workflow


@workflow.defn
class Mailbox:
    """Takes `wanted` messages in order and returns their ids."""

    def __init__(self) -> None:
        self._taken: list[str] = []

    @workflow.run
    async def run(self, wanted: int) -> list[str]:
        """Returns the ids once all are there, or what is there after a while."""
        try:
            await workflow.wait_condition(lambda: len(self._taken) >= wanted, timeout=timedelta(seconds=10))
        except TimeoutError:
            workflow.logger.warning("some messages did not come")
        return self._taken

    @workflow.signal
    def deliver(self, message_id: str) -> None:
        """Takes a message."""
        self._taken.append(message_id)


@workflow.defn(name="Mailbox")
class SingleMailbox:
    """Has a place for one message: of two that arrive together, the first is gone."""

    def __init__(self) -> None:
        self._place: str | None = None

    @workflow.run
    async def run(self, wanted: int) -> list[str]:
        """Returns the ids once as many have been taken, or what has been after a while."""
        taken: list[str] = []
        while len(taken) < wanted:
            try:
                await workflow.wait_condition(lambda: self._place is not None, timeout=timedelta(seconds=1))
            except TimeoutError:
                break
            if self._place is not None:
                taken.append(self._place)
            self._place = None
        return taken

    @workflow.signal
    def deliver(self, message_id: str) -> None:
        """Puts a message into the place, whatever is there."""
        self._place = message_id

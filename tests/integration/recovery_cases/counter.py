"""A workflow that is asked and told things while its worker dies."""

from temporalio import workflow

from tests.integration.recovery_cases.activities import work
from tests.integration.recovery_cases.marks import die_once
from tests.integration.recovery_cases.requests import LONG


@workflow.defn(sandboxed=False)
class Counter:
    """Counts until it is told to finish; each handler dies once for the mark that it is given."""

    def __init__(self) -> None:
        self._total = 0
        self._finished = False

    @workflow.run
    async def run(self) -> int:
        """Returns the total."""
        await workflow.wait_condition(lambda: self._finished)
        return self._total

    @workflow.signal
    def finish(self, mark: str) -> None:
        """Ends the workflow."""
        die_once(mark)
        self._finished = True

    @workflow.signal
    def nudge(self) -> None:
        """Does nothing but need a workflow task."""

    @workflow.query
    def total(self, mark: str) -> int:
        """Tells the total."""
        die_once(mark)
        return self._total

    @workflow.update
    def add(self, mark: str) -> int:
        """Adds one and returns the total; dies after it was accepted."""
        self._total += 1
        die_once(mark)
        return self._total

    @add.validator
    def accepts(self, mark: str) -> None:
        """Dies before it was accepted, for a mark of that name."""
        if mark.startswith("validator"):
            die_once(mark)

    @workflow.update
    async def add_later(self, mark: str) -> int:
        """Adds one after an activity that dies, and returns the total."""
        await workflow.execute_activity(work, mark, start_to_close_timeout=LONG)
        self._total += 1
        return self._total

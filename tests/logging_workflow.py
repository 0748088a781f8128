"""A workflow that logs; a module of its own, because the sandbox runs all of a workflow's module again."""

from temporalio import workflow


@workflow.defn
class LoggingWorkflow:
    """Logs one warning."""

    @workflow.run
    async def run(self) -> None:
        """Logs."""
        workflow.logger.warning("from the %s", "workflow")

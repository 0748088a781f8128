"""The last event of a canceled run: stored if the store answers soon, and never in the way of the end."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.activities.steps import StepActivities
    from temporal.messages.work import LogEventInput

from temporal.workflows.activity_options import last_words


async def log_cancellation(kind: str, message: str) -> None:
    """Stores the event `kind`; a failure is only logged, because the run ends as canceled all the same."""
    try:
        await workflow.execute_activity_method(
            StepActivities.log_event, LogEventInput(kind=kind, message=message), **last_words(kind)
        )
    except Exception as error:
        workflow.logger.warning("the cancellation could not be logged: %s", error)

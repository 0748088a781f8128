"""Who is calling, for the effect record: the running activity's key, workflow and attempt."""

from temporalio import activity

from temporal.store.contract import EffectCall


def current_call(business_key: str | None = None) -> EffectCall:
    """Returns the running activity as a call of the effect record.

    Args:
        business_key: The key of an effect that must happen once whatever run asks for it, such as an
            approval's decision. By default the key is `run_id/activity_id`: once in this run, so that a
            workflow reset, which makes a new run, repeats the effect.

    Raises:
        RuntimeError: Not called within an activity of a workflow.
    """
    info = activity.info()
    if info.workflow_id is None or info.workflow_run_id is None:
        raise RuntimeError("this activity belongs to no workflow")
    return EffectCall(
        key=business_key or f"{info.workflow_run_id}/{info.activity_id}",
        workflow_id=info.workflow_id,
        run_id=info.workflow_run_id,
        activity=info.activity_type,
        attempt=info.attempt,
    )

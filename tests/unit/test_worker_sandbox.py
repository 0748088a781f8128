"""What each run of a workflow has for itself, and what all share."""

from temporal.workers.registration import WORKFLOWS
from temporal.workers.sandbox import sandbox


def test_the_modules_that_define_workflows_are_loaded_for_each_run_and_what_they_use_is_shared() -> None:
    shared = sandbox(WORKFLOWS).restrictions.passthrough_modules
    assert {"temporal.workflows.decision_book", "temporal.workflows.visibility"} <= shared
    assert not {workflow.__module__ for workflow in WORKFLOWS} & shared
    assert "temporal.workflows" not in shared  # a name stands for everything below it


def test_a_worker_with_fewer_workflows_shares_none_of_their_modules_either() -> None:
    only = WORKFLOWS[:1]
    assert only[0].__module__ not in sandbox(only).restrictions.passthrough_modules

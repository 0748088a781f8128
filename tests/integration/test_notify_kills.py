"""Each kind of notification over a SIGKILL of the worker that sends it: it goes out, and once."""

import asyncio
import signal
from collections import Counter
from pathlib import Path

import pytest

from temporal.chaos.crash_points import Moment
from temporal.engine import Engine
from temporal.messages.decision import Outcome
from tests.integration.notified_runs import POLICIES, Told, notified_run
from tests.sinks import running_webhook

pytest_plugins = ["tests.integration.engine_fixtures"]

EXPECTED: dict[str, Told] = {
    "request": Counter([("request", "bob"), ("outcome", "ana")]),
    "reminder": Counter([("request", "bob"), ("reminder", "bob"), ("outcome", "ana")]),
    "escalation": Counter([("request", "bob"), ("escalation", "cara"), ("outcome", "ana")]),
    "outcome": Counter([("request", "bob"), ("outcome", "ana")]),
}
"""Everything that anybody is told in the run of each kind."""


@pytest.mark.parametrize("kind", POLICIES)
async def test_each_kind_goes_out_once_when_its_worker_is_killed(
    shared_engine: Engine, tmp_path: Path, kind: str
) -> None:
    with running_webhook() as webhook:
        runs = await asyncio.gather(
            *(notified_run(shared_engine, tmp_path, webhook, kind, moment) for moment in Moment)
        )
    for moment, run in zip(Moment, runs, strict=True):
        assert run.exit_code == -signal.SIGKILL
        assert run.crash is not None
        assert run.crash.point == f"send_notification:{moment}"
        # It died at a notification of this kind, and the in-tray had it or not as the moment says.
        assert any(one == kind for one, _ in run.known_at_death) is (moment is Moment.AFTER_EFFECT)
        assert run.result.decision.outcome is Outcome.APPROVED
        assert run.result.notified
        assert run.heard == run.in_tray == run.delivered == EXPECTED[kind]

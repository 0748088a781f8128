"""The chaos harness's public face: what a chaos test of your own needs.

async with EmbeddedTarget() as target:
    worker = await target.start_worker()
    handle = await target.client.start_workflow(...)
    await sleeping(handle)
    worker.kill()
    await target.start_worker()
    await handle.result()
    print(continuations(await handle.fetch_history()))
"""

from temporal.chaos.campaign import Plan, run_campaign
from temporal.chaos.continuation import Continuation, continuations, retried_activities
from temporal.chaos.evidence import Evidence, Verdict
from temporal.chaos.fleet import Fleet, PlainFleet, SupervisedFleet, fleet_of
from temporal.chaos.invariants import judge
from temporal.chaos.observation import sleeping, until, working
from temporal.chaos.scenario import Scenario, Strike
from temporal.chaos.scenarios import SCENARIOS
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.sites import EmbeddedSite
from temporal.chaos.worker_process import WorkerProcess

__all__ = [
    "SCENARIOS",
    "Continuation",
    "EmbeddedSite",
    "EmbeddedTarget",
    "Evidence",
    "Fleet",
    "PlainFleet",
    "Plan",
    "Scenario",
    "Strike",
    "SupervisedFleet",
    "Verdict",
    "WorkerProcess",
    "continuations",
    "fleet_of",
    "judge",
    "retried_activities",
    "run_campaign",
    "sleeping",
    "until",
    "working",
]

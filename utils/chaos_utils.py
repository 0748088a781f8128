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

from temporal.chaos.campaign import run_campaign
from temporal.chaos.continuation import Continuation, continuations, retried_activities
from temporal.chaos.fleet import Fleet, PlainFleet, SupervisedFleet, fleet_of
from temporal.chaos.observation import sleeping, until, working
from temporal.chaos.report import summaries, table
from temporal.chaos.scenarios import SCENARIOS, Finding, Scenario
from temporal.chaos.target import EmbeddedTarget
from temporal.chaos.worker_process import WorkerProcess

__all__ = [
    "SCENARIOS",
    "Continuation",
    "EmbeddedTarget",
    "Finding",
    "Fleet",
    "PlainFleet",
    "Scenario",
    "SupervisedFleet",
    "WorkerProcess",
    "continuations",
    "fleet_of",
    "retried_activities",
    "run_campaign",
    "sleeping",
    "summaries",
    "table",
    "until",
    "working",
]

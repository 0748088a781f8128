"""The broken variants' runs: each does to a real worker what its defect needs, and nothing else."""

import asyncio
import signal
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from temporal.chaos.controls.stage import Stage
from temporal.chaos.controls.variants.demos import SWITCH
from temporal.chaos.controls.variants.dying import RECORD
from temporal.chaos.controls.variants.mail import Mailbox, SingleMailbox
from temporal.chaos.controls.variants.zombies import Guarded
from temporal.chaos.evidence import Evidence, Fault
from temporal.chaos.observation import sleeping, until, working
from temporal.chaos.processes import gone, marked
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput

DEMO = "DurableDemoWorkflow"
STEPS = DurableDemoInput(name="control", sleep_seconds=0, steps=1)
SLEEP = DurableDemoInput(name="control", sleep_seconds=2, steps=1)
WORK = DurableDemoInput(name="control", sleep_seconds=0, steps=0, work_units=50, work_unit_seconds=0.1)
LATE = {"WORKER_STICKY_TIMEOUT_SECONDS": "5"}
"""A dead worker's workflows wait that long, in seconds, as stock Temporal has it (there it is 10)."""

BOUND_SECONDS = 1.0
MESSAGES = ("first", "second", "third")


async def sound(stage: Stage) -> Evidence:
    """A worker as it should be is killed mid-sleep and replaced: nothing may be found."""
    worker = await stage.target.start_worker()
    handle = await stage.start(DEMO, SLEEP)
    await sleeping(handle)
    stage.kill(worker)
    await stage.target.start_worker()
    return await stage.close()


async def dies_in_a_step(stage: Stage, variant: str) -> Evidence:
    """Runs a step in which the worker dies, once; the supervisor replaces it."""
    stage.supervised(variant)
    await stage.start(DEMO, STEPS)
    evidence = await stage.close()
    died = stage.target.folder / RECORD
    if died.exists():
        stage.landed(datetime.fromtimestamp(died.stat().st_mtime, UTC), [int(died.read_text())])
    return evidence


async def undisturbed(stage: Stage, variant: str, request: DurableDemoInput) -> Evidence:
    """Runs a demo on a worker that nobody kills."""
    await stage.worker(variant, **{SWITCH: "1"})
    await stage.start(DEMO, request)
    return await stage.close()


async def never_restarted(stage: Stage) -> Evidence:
    """Kills the only worker mid-sleep and starts no other."""
    worker = await stage.target.start_worker()
    handle = await stage.start(DEMO, SLEEP)
    await sleeping(handle)
    stage.kill(worker)
    return await stage.close(patience=0)


async def not_injected(stage: Stage) -> Evidence:
    """Says that it killed the worker, and did not."""
    worker = await stage.target.start_worker()
    handle = await stage.start(DEMO, SLEEP)
    await sleeping(handle)
    stage.landed(datetime.now(UTC), [worker.pid])
    return await stage.close()


async def woken_late(stage: Stage) -> Evidence:
    """Kills a stock worker mid-sleep: the timer's task lies on the dead worker's queue."""
    worker = await stage.target.start_worker(LATE)
    handle = await stage.start(DEMO, SLEEP)
    await sleeping(handle)
    stage.kill(worker)
    await stage.target.start_worker()
    stage.evidence.late_bound_seconds = BOUND_SECONDS
    return await stage.close()


async def goes_on_late(stage: Stage) -> Evidence:
    """Kills a stock worker while a workflow waits for a message, which then lies on the dead one's queue."""
    stage.evidence.workflows = [Mailbox]
    worker = await stage.worker("mailbox", **LATE)
    handle = await stage.start("Mailbox", 2)
    await stage.send(handle, "deliver", MESSAGES[0])
    await until("the first message is taken", lambda: _idle(stage))
    stage.kill(worker)
    replacement = stage.worker("mailbox")
    await stage.send(handle, "deliver", MESSAGES[1])
    await replacement
    stage.evidence.late_bound_seconds = BOUND_SECONDS
    return await stage.close(says_applied=True)


async def drops_a_signal(stage: Stage) -> Evidence:
    """Kills the worker, sends messages, and lets another take them all at once."""
    stage.evidence.workflows = [SingleMailbox]
    worker = await stage.worker("single-mailbox")
    handle = await stage.start("Mailbox", len(MESSAGES))
    await until("the workflow waits", lambda: _idle(stage))
    stage.kill(worker)
    for message in MESSAGES:
        await stage.send(handle, "deliver", message)
    await stage.worker("single-mailbox")
    return await stage.close(says_applied=True)


async def wrong_result(stage: Stage) -> Evidence:
    """Kills the worker within long-running work, which its next attempt resumes one unit too far."""
    worker = await stage.worker("skipping")
    handle = await stage.start(DEMO, WORK)
    work = WorkInput(subject="work", units=WORK.work_units, unit_seconds=WORK.work_unit_seconds)
    await working(stage.target.client, handle, work, units=2)
    stage.kill(worker)
    await stage.worker("skipping")
    return await stage.close()


async def zombie(stage: Stage) -> Evidence:
    """Stops a worker until another attempt has begun, lets it go on, and it completes by id."""
    stage.evidence.workflows = [Guarded]
    stopped = await stage.worker("by-id")
    await stage.start("Guarded")
    await _appears(stage.target.folder / "begun-1")
    at = datetime.now(UTC)
    stopped.signal(signal.SIGSTOP)
    await stage.worker("by-id")
    await _appears(stage.target.folder / "begun-2")
    (stage.target.folder / "end-1").touch()
    stopped.signal(signal.SIGCONT)
    fault = Fault(fault="zombie", point="control")
    stage.landed(at, [stopped.pid], fault=fault, healed=datetime.now(UTC))
    return await stage.close()


async def leaves_a_process(stage: Stage) -> Evidence:
    """Kills a worker that has started a process of its own, and looks for what is left."""
    worker = await stage.worker("leaving")
    await stage.start(DEMO, STEPS)
    evidence = await stage.close()
    worker.kill()
    for process in marked(str(stage.target.folder)):
        evidence.left.append(f"process {process.pid}")
        process.kill()
        await until(f"process {process.pid} is gone", partial(gone, process.pid))
    return evidence


async def _idle(stage: Stage) -> bool:
    """Whether the workflow's worker has nothing to do for it, and has had its first message."""
    handle = stage.target.client.get_workflow_handle(stage.evidence.started[0].workflow_id)
    raw = (await handle.describe()).raw_description
    return not raw.HasField("pending_workflow_task") and raw.workflow_execution_info.history_length >= 4


async def _appears(file: Path) -> None:
    async def reached() -> bool:
        return await asyncio.to_thread(file.exists)

    await until(f"{file.name} is there", reached)

"""Runs of `DurableDemoWorkflow` worth remembering; each function returns once its history is whole."""

from contextlib import suppress

from temporalio.client import WorkflowFailureError

from temporal.messages.durable_demo import DemoPhase, DurableDemoInput
from tests.histories.bench import Bench, until_phase, until_units_done

LONG_WORK = DurableDemoInput(work_units=40, work_unit_seconds=0.1, sleep_seconds=0)


async def demo_completed(bench: Bench) -> None:
    """Two steps, a sleep, two steps."""
    with bench.worker():
        handle = await bench.demo(DurableDemoInput(steps=2, sleep_seconds=1))
        await handle.result()


async def demo_without_sleep(bench: Bench) -> None:
    """No timer at all."""
    with bench.worker():
        await (await bench.demo(DurableDemoInput(sleep_seconds=0))).result()


async def demo_worked(bench: Bench) -> None:
    """Long-running work before the sleep."""
    with bench.worker():
        request = DurableDemoInput(work_units=5, work_unit_seconds=0.05, sleep_seconds=1)
        await (await bench.demo(request)).result()


async def demo_asleep(bench: Bench) -> None:
    """Open: a run that sleeps for a day."""
    with bench.worker():
        await until_phase(await bench.demo(DurableDemoInput(sleep_seconds=86_400)), DemoPhase.SLEEPING)


async def demo_invalid(bench: Bench) -> None:
    """Failed: its input is wrong."""
    with bench.worker():
        handle = await bench.demo(DurableDemoInput(steps=-1))
        with suppress(WorkflowFailureError):
            await handle.result()


async def demo_canceled_asleep(bench: Bench) -> None:
    """Canceled in its sleep."""
    with bench.worker():
        handle = await bench.demo(DurableDemoInput(sleep_seconds=86_400))
        await until_phase(handle, DemoPhase.SLEEPING)
        await handle.cancel()
        with suppress(WorkflowFailureError):
            await handle.result()


async def demo_canceled_working(bench: Bench) -> None:
    """Canceled in its long-running work."""
    with bench.worker():
        handle = await bench.demo(LONG_WORK)
        await until_units_done(handle, 3)
        await handle.cancel()
        with suppress(WorkflowFailureError):
            await handle.result()


async def demo_killed_working(bench: Bench) -> None:
    """The worker is killed in the long-running work, another one resumes it."""
    with bench.worker() as worker:
        handle = await bench.demo(LONG_WORK)
        await until_units_done(handle, 3)
        worker.kill()
    with bench.worker():
        work = (await handle.result()).work
    if work is None or work.attempt != 2 or work.resumed_from < 3:
        raise RuntimeError(f"the kill did not land in the work: {work}")


async def demo_killed_asleep(bench: Bench) -> None:
    """The worker is killed during the sleep, so its sticky queue swallows the task of the timer."""
    with bench.worker() as worker:
        handle = await bench.demo(DurableDemoInput(sleep_seconds=2))
        await until_phase(handle, DemoPhase.SLEEPING)
        worker.kill()
    with bench.worker():
        await handle.result()
    history = await handle.fetch_history()
    if not any(event.HasField("workflow_task_timed_out_event_attributes") for event in history.events):
        raise RuntimeError("the kill did not land in the sleep")


async def demo_stopped_working(bench: Bench) -> None:
    """The worker is stopped in the long-running work and gives it back."""
    with bench.worker() as worker:
        handle = await bench.demo(LONG_WORK)
        await until_units_done(handle, 3)
        worker.terminate()
    with bench.worker():
        work = (await handle.result()).work
    if work is None or work.attempt != 2 or work.resumed_from < 3:
        raise RuntimeError(f"the stop did not land in the work: {work}")

"""A worker of a broken variant: `python -m temporal.chaos.controls.worker VARIANT`. It ends by a signal."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any

import typer
from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.worker import Worker

from temporal.chaos.controls.variants.demos import HastyDemo, SwitchedDemo
from temporal.chaos.controls.variants.mail import Mailbox, SingleMailbox
from temporal.chaos.controls.variants.steps import LateSteps, RestlessSteps, UnkeyedSteps
from temporal.chaos.controls.variants.work import SkippingWork
from temporal.chaos.controls.variants.zombies import CompletedById, Guarded
from temporal.client import connect
from temporal.command_line import DONE, USAGE, CommandError, leave, run_app
from temporal.config import Settings, load_settings
from temporal.logs import set_up_logs
from temporal.store.database import open_store
from temporal.store.effects import EffectRecord
from temporal.workers.registration import WORKFLOWS, activities
from temporal.workers.serving import HEARTBEAT_THROTTLE, unique_identity

COMMAND = (sys.executable, "-m", "temporal.chaos.controls.worker")


@dataclass(frozen=True)
class Parts:
    """What a variant is made from."""

    client: Client
    store: Engine
    settings: Settings


Activity = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What a worker runs in place of, and besides, what it should."""

    workflows: tuple[type, ...] = WORKFLOWS
    instead: Callable[[Parts], list[Activity]] = field(default=lambda parts: [])
    slots: int = 10
    leaves_a_process: bool = False


def _by_id(parts: Parts) -> list[Activity]:
    return [CompletedById(parts.client, parts.settings.store.data_dir).guarded]


VARIANTS = {
    "unkeyed": Variant(
        instead=lambda parts: [UnkeyedSteps(parts.store, parts.settings.store.data_dir).process_step]
    ),
    "late-effect": Variant(
        instead=lambda parts: [LateSteps(parts.store, parts.settings.store.data_dir).process_step]
    ),
    "restless": Variant(instead=lambda parts: [RestlessSteps(parts.store).process_step]),
    "skipping": Variant(instead=lambda parts: [SkippingWork(parts.store).long_running_task]),
    "hasty": Variant(workflows=(HastyDemo,)),
    "switched": Variant(workflows=(SwitchedDemo,)),
    "mailbox": Variant(workflows=(Mailbox,)),
    "single-mailbox": Variant(workflows=(SingleMailbox,)),
    # One slot: while its attempt runs the worker polls for no other, which a stopped one would swallow.
    "by-id": Variant(workflows=(Guarded,), instead=_by_id, slots=1),
    "leaving": Variant(leaves_a_process=True),
}


async def serve(variant: Variant, settings: Settings) -> None:
    """Runs the worker for ever."""
    identity = unique_identity("control")
    client = await connect(settings.connection, identity=identity)
    store = open_store(settings.store)
    instead = variant.instead(Parts(client, store, settings))
    replaced = {one.__name__ for one in instead}
    sound = [one for one in activities(EffectRecord(store, identity)) if one.__name__ not in replaced]
    if variant.leaves_a_process:
        code = "import time; time.sleep(600)"
        await asyncio.create_subprocess_exec(sys.executable, "-c", code, start_new_session=True)
    worker = Worker(
        client,
        task_queue=settings.worker.task_queue,
        workflows=variant.workflows,
        activities=[*sound, *instead],
        activity_executor=ThreadPoolExecutor(variant.slots),
        max_concurrent_activities=variant.slots,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=settings.worker.sticky_timeout),
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        identity=identity,
    )
    await worker.run()


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(variant: Annotated[str, typer.Argument(metavar="VARIANT")]) -> int:
    """Run a worker that is wrong in one way; settings are the worker's."""
    if variant not in VARIANTS:
        raise CommandError(f"{variant!r}: allowed: {', '.join(VARIANTS)}", USAGE)
    settings = load_settings()
    set_up_logs(settings.log)
    asyncio.run(serve(VARIANTS[variant], settings))
    return DONE


if __name__ == "__main__":
    leave(run_app(app, name="python -m temporal.chaos.controls.worker"))

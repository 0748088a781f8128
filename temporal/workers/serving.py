"""Serves both workflows and all activities on one task queue, until a signal has drained the worker."""

import asyncio
import logging
import os
import platform
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import VersioningBehavior
from temporalio.service import RPCError, __version__
from temporalio.worker import Interceptor, Worker, WorkerDeploymentConfig, WorkerDeploymentVersion

from temporal.client import connect
from temporal.command_line import DONE, FAILED, CommandError
from temporal.config import Settings, WorkerSettings
from temporal.store.contract import Effects
from temporal.store.opening import OpeningStore
from temporal.tracing.starting import start_tracing
from temporal.workers.beat import beat
from temporal.workers.code_id import code_id
from temporal.workers.counted_effects import CountedEffects
from temporal.workers.counted_from_zero import count_from_zero
from temporal.workers.counted_outcomes import CountedOutcomes
from temporal.workers.drain import Drain
from temporal.workers.readiness import wait_until_polling
from temporal.workers.registration import Registered
from temporal.workers.sandbox import sandbox
from temporal.workers.search_attributes import ensure_search_attributes
from temporal.workers.store_at_start import opened

log = logging.getLogger("temporal.worker")

HEARTBEAT_THROTTLE = timedelta(seconds=0.5)
"""How often heartbeats are sent. The SDK's 60 s would make "resumes from the last heartbeat" untrue."""

RUNS = Registered()
"""Both workflows and all activities."""


def unique_identity(prefix: str) -> str:
    """Returns an identity that no other process has had: `PREFIX@HOST/PID-RANDOM`."""
    return f"{prefix}@{platform.node()}/{os.getpid()}-{uuid.uuid4().hex[:8]}"


def build_worker(
    client: Client,
    settings: WorkerSettings,
    record: Effects,
    identity: str,
    interceptors: Sequence[Interceptor] = (),
    registered: Registered = RUNS,
) -> Worker:
    """Returns the worker, not yet running.

    Args:
        client: The connection it polls with.
        settings: What it polls and how much it takes at once.
        record: Where its activities store their effects.
        identity: Its own, unique name.
        interceptors: What to put around its activities and workflows, the outermost first.
        registered: What it runs.
    """
    deployment = None
    if settings.deployment_name:
        deployment = WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(settings.deployment_name, settings.build_id),
            use_worker_versioning=True,
            # A workflow may wait for years: it moves on to each new version. Were this said in the workflow's
            # definition, the server would refuse it from a worker without a version.
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
        )
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=registered.workflows,
        activities=registered.activities(CountedEffects(record)),
        workflow_runner=sandbox(registered.workflows),
        activity_executor=ThreadPoolExecutor(settings.max_concurrent_activities, "activity"),
        max_concurrent_activities=settings.max_concurrent_activities,
        max_concurrent_workflow_tasks=settings.max_concurrent_workflow_tasks,
        max_cached_workflows=settings.max_cached_workflows,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=settings.sticky_timeout),
        graceful_shutdown_timeout=timedelta(seconds=settings.graceful_shutdown),
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        identity=identity,
        deployment_config=deployment,
        build_id=None if deployment else code_id(),
        interceptors=[*interceptors, CountedOutcomes()],
    )


async def serve(
    settings: Settings, interceptors: Sequence[Interceptor] = (), registered: Registered = RUNS
) -> int:
    """Runs the worker, with `interceptors` if any, until a signal has drained it.

    Raises:
        CommandError: The store or Temporal cannot be used, or the worker failed.
    """
    drain = Drain(settings.worker.graceful_shutdown)
    drain.listen()
    beating = asyncio.create_task(beat())
    identity = unique_identity(settings.worker.identity)
    tracing = start_tracing(settings.tracing, "worker", identity)
    store = OpeningStore(settings.store, identity, settings.encryption.keyring, settings.notify)
    polls = asyncio.Event()
    opening = asyncio.create_task(opened(store, polls))
    connecting = asyncio.create_task(
        connect(
            settings.connection,
            patience=settings.worker.connect_timeout,
            identity=identity,
            metrics=settings.metrics,
            interceptors=tracing.interceptors,
        )
    )
    if await _stopped_first(drain, connecting):
        return DONE
    client = await connecting
    ensuring = asyncio.create_task(ensure_search_attributes(client))
    await asyncio.sleep(0)  # the server answers while the sandbox loads the workflows
    worker = build_worker(client, settings.worker, store, identity, interceptors, registered)
    if settings.metrics.port:
        count_from_zero(
            client, settings.worker.task_queue, registered.workflows, registered.activities(store)
        )
    await ensuring  # before a workflow can set one
    running = asyncio.create_task(worker.run())
    starting = asyncio.create_task(_get_ready(settings, client, identity, polls, opening))
    try:
        if await _stopped_first(drain, running):
            await worker.shutdown()
        await running
    except (RPCError, RuntimeError) as error:
        raise CommandError(f"worker failed: {error}", FAILED) from error
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
    store.close()
    await asyncio.to_thread(tracing.flush)
    beating.cancel()
    log.info("drained")
    return DONE


async def _get_ready(
    settings: Settings, client: Client, identity: str, polls: asyncio.Event, opening: asyncio.Task[str]
) -> None:
    """Logs `ready` once the server knows this worker and its store is open."""
    unknown = None
    try:
        await wait_until_polling(client, settings.worker.task_queue, identity)
    except RPCError as error:
        unknown = error
    polls.set()
    _log_settings(settings, await opening, identity)
    if unknown:
        log.warning("cannot tell whether the server knows this worker: %s", unknown)
    else:
        log.info("ready")


async def _stopped_first(drain: Drain, task: asyncio.Task[object]) -> bool:
    """Waits for the signal or the task; returns whether the signal came first."""
    signaled = asyncio.create_task(drain.requested.wait())
    await asyncio.wait({signaled, task}, return_when=asyncio.FIRST_COMPLETED)
    signaled.cancel()
    return not task.done()


def _log_settings(settings: Settings, store: str, identity: str) -> None:
    worker, keyring = settings.worker, settings.encryption.keyring
    values = {
        "address": settings.connection.address,
        "namespace": settings.connection.namespace,
        "task_queue": worker.task_queue,
        "identity": identity,
        "store": store,
        "workflow_tasks": worker.max_concurrent_workflow_tasks,
        "activities": worker.max_concurrent_activities,
        "cached_workflows": worker.max_cached_workflows,
        "sticky_timeout": worker.sticky_timeout,
        "graceful_shutdown": worker.graceful_shutdown,
        "deployment": f"{worker.deployment_name}/{worker.build_id}" if worker.deployment_name else "none",
        "encryption": f"key {keyring.current.id}" if keyring else "off",
        "traces": settings.tracing.endpoint if settings.tracing.on else "off",
        "sdk": __version__,
    }
    log.info("worker %s", " ".join(f"{name}={value}" for name, value in values.items()))

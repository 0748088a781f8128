"""Runs an approval whose worker is killed at a notification of one kind, and keeps what came of it."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine as Store
from sqlalchemy import Table, select
from temporalio.client import WorkflowHandle

from temporal.chaos.crash_points import Crash, Moment, read_crash
from temporal.chaos.crashing_worker import COMMAND
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.engine import Engine
from temporal.messages.approval import ApprovalRequest, ApprovalResult
from temporal.messages.policy import ApprovalPolicy
from temporal.store.schema import deliveries, notifications
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.sinks import Webhook

BEFORE_IT_IS_DUE = 12.0
"""Seconds to a reminder or escalation: time to replace the worker that sent the request."""

POLICIES = {
    "request": ApprovalPolicy(users=["bob"]),
    "reminder": ApprovalPolicy(users=["bob"], remind_every_seconds=BEFORE_IT_IS_DUE, max_reminders=1),
    "escalation": ApprovalPolicy(
        users=["bob"], escalate_after_seconds=BEFORE_IT_IS_DUE, escalate_to_users=["cara"]
    ),
    "outcome": ApprovalPolicy(users=["bob"]),
}
"""By the kind of notification at which the worker dies."""

Told = Counter[tuple[str, str]]
"""How often somebody was told, by kind and recipient."""


@dataclass(frozen=True, kw_only=True)
class NotifiedRun:
    """What is left of a run.

    Attributes:
        exit_code: How the worker ended that was to die.
        crash: What its crash point recorded; None when it was not reached.
        known_at_death: What the in-tray held when it had died.
        result: The workflow's result.
        heard: What the recipients' targets got.
        in_tray: What the in-tray holds.
        delivered: What the outbox holds a receipt for.
    """

    exit_code: int
    crash: Crash | None
    known_at_death: Told
    result: ApprovalResult
    heard: Told
    in_tray: Told
    delivered: Told


async def notified_run(
    engine: Engine, folder: Path, webhook: Webhook, kind: str, moment: Moment
) -> NotifiedRun:
    """Kills the worker at `moment` of the first notification of `kind`; others go on."""
    record, targets = folder / f"{moment}.json", folder / f"{moment}.toml"
    place = f"/{kind}/{moment}"
    urls = {name: [webhook.url(f"{place}/{name}")] for name in ("ana", "bob", "cara")}
    targets.write_text("[people]\n" + "".join(f"{name} = {json.dumps(urls[name])}\n" for name in urls))
    variables = {
        "WORKER_STICKY_TIMEOUT_SECONDS": "1",
        "NOTIFY_TARGETS": str(targets),
        "CRASH_POINT": f"send_notification:{moment}",
        "CRASH_RECORD": str(record),
    }
    queue = f"notified-{kind}-{moment}"
    async with EmbeddedTarget(folder / moment, variables, engine=engine, task_queue=queue) as target:
        if kind == "request":
            dying = target.launch_worker(command=COMMAND)
        else:
            first = await target.start_worker()
        approval = await target.client.start_workflow(
            ApprovalWorkflow.run,
            ApprovalRequest(title="a laptop", requester="ana", policy=POLICIES[kind]),
            id=queue,
            task_queue=queue,
        )
        if kind != "request":
            await _settled(approval, target.store, "request")
            first.kill()
            if kind == "outcome":
                await approval.signal("approve", {"approver": "bob"})
            dying = target.launch_worker(command=COMMAND)
        exit_code = await dying.ended()
        known_at_death = _rows(target.store, notifications)
        await target.start_worker()
        if kind != "outcome":
            await _settled(approval, target.store, kind)
            await approval.signal("approve", {"approver": "bob"})
        result = await approval.result()
        return NotifiedRun(
            exit_code=exit_code,
            crash=read_crash(record),
            known_at_death=known_at_death,
            result=result,
            heard=_heard(webhook, place),
            in_tray=_rows(target.store, notifications),
            delivered=_rows(target.store, deliveries, state="delivered"),
        )


async def _settled(
    approval: "WorkflowHandle[ApprovalWorkflow, ApprovalResult]", store: Store, kind: str
) -> None:
    """Waits until a notification of the kind is delivered and Temporal knows it."""

    async def settled() -> bool:
        delivered = _rows(store, deliveries, state="delivered")
        told = any(one == kind for one, _ in delivered)
        return told and not (await approval.describe()).raw_description.pending_activities

    await until(f"{approval.id}: {kind} delivered", settled)


def _rows(store: Store, table: Table, **such: str) -> Told:
    statement = select(table.c.kind, table.c.recipient).where(
        *(table.c[name] == value for name, value in such.items())
    )
    with store.begin() as connection:
        return Counter((row.kind, row.recipient) for row in connection.execute(statement))


SUBJECTS = {
    "please decide": "request",
    "still to decide": "reminder",
    "escalated to you": "escalation",
    "approved": "outcome",
}
"""Kinds by how their subjects begin."""


def _heard(webhook: Webhook, place: str) -> Told:
    told = Told()
    for post in webhook.got(f"{place}/"):
        kind = SUBJECTS[json.loads(post.body)["title"].partition(":")[0]]
        told[kind, post.path.rpartition("/")[2]] += 1
    return told

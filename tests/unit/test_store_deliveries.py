"""The outbox: which targets are due, and what a receipt ends."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select

from temporal.messages.delivery import Notification
from temporal.store.deliveries import DatabaseOutbox
from temporal.store.errors import StoreError
from temporal.store.schema import deliveries
from temporal.store.targets import DeliveryState, TargetName

pytest_plugins = ["tests.store_fixtures"]

MESSAGE = Notification(
    recipient="ana", subject="s", body="b", kind="request", approval_id="a", workflow_id="w"
)
ONE, OTHER = (TargetName(name=f"json-{name}", scheme="json") for name in ("one", "other"))


def rows(store: Engine) -> list[tuple[str, str, int, str]]:
    columns = (deliveries.c.target, deliveries.c.state, deliveries.c.attempts, deliveries.c.receipt)
    with store.begin() as connection:
        return [(*row,) for row in connection.execute(select(*columns).order_by(deliveries.c.id))]


def test_a_target_is_due_until_it_has_a_receipt(store: Engine) -> None:
    outbox = DatabaseOutbox(store)
    assert outbox.begin("n", MESSAGE, [ONE, OTHER]) == [ONE.name, OTHER.name]
    outbox.end("n", ONE.name, DeliveryState.DELIVERED, "taken")
    outbox.end("n", OTHER.name, DeliveryState.FAILED, "answered 503")
    assert outbox.begin("n", MESSAGE, [ONE, OTHER]) == [OTHER.name]
    assert rows(store) == [(ONE.name, "delivered", 1, "taken"), (OTHER.name, "sending", 2, "answered 503")]


def test_a_try_that_fails_beside_one_that_succeeded_changes_nothing(store: Engine) -> None:
    outbox = DatabaseOutbox(store)
    outbox.begin("n", MESSAGE, [ONE])
    outbox.begin("n", MESSAGE, [ONE])  # a zombie and its retry
    outbox.end("n", ONE.name, DeliveryState.DELIVERED, "taken")
    outbox.end("n", ONE.name, DeliveryState.FAILED, "unreachable")
    assert rows(store) == [(ONE.name, "delivered", 2, "taken")]


def test_a_target_that_is_gone_is_dropped_unless_it_was_told(store: Engine) -> None:
    outbox = DatabaseOutbox(store)
    outbox.begin("n", MESSAGE, [ONE, OTHER])
    outbox.end("n", ONE.name, DeliveryState.DELIVERED, "taken")
    assert outbox.begin("n", MESSAGE, []) == []
    assert [row[:2] for row in rows(store)] == [(ONE.name, "delivered"), (OTHER.name, "dropped")]
    assert outbox.begin("n", MESSAGE, [OTHER]) == [OTHER.name]  # it is back


def test_another_notification_is_another_delivery(store: Engine) -> None:
    outbox = DatabaseOutbox(store)
    outbox.begin("n", MESSAGE, [ONE])
    outbox.end("n", ONE.name, DeliveryState.DELIVERED, "taken")
    assert outbox.begin("m", MESSAGE, [ONE]) == [ONE.name]


def test_attempts_that_begin_at_once_leave_one_row_a_target(store: Engine) -> None:
    def begin(_: int) -> list[str]:
        try:
            return DatabaseOutbox(store).begin("n", MESSAGE, [ONE, OTHER])
        except StoreError:  # another one was first: a retry goes on from there
            return []

    with ThreadPoolExecutor(4) as threads:
        begun = [due for due in threads.map(begin, range(4)) if due]
    assert begun
    assert [row[0] for row in rows(store)] == [ONE.name, OTHER.name]


@pytest.mark.parametrize("change", ["kind", "recipient", "approval_id", "workflow_id"])
def test_a_delivery_tells_whom_and_what_it_was_about(store: Engine, change: str) -> None:
    DatabaseOutbox(store).begin("n", MESSAGE, [ONE])
    with store.begin() as connection:
        assert list(connection.scalars(select(deliveries.c[change]))) == [getattr(MESSAGE, change)]

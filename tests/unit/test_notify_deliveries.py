"""`send_notification` with targets outside the database: each is told, once, however often it is tried."""

import io
import json
import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from temporal.activities.approvals import ApprovalActivities
from temporal.store import schema
from temporal.store.effects import EffectRecord
from tests.activity_attempts import an_attempt
from tests.notify_process import MESSAGE
from tests.notify_told import Told
from tests.sinks import Mailbox, Webhook

pytest_plugins = ["tests.store_fixtures", "tests.sink_fixtures"]
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's


@pytest.fixture
def told(store: Engine, tmp_path: Path) -> Told:
    return Told(store, tmp_path / "targets.toml")


def test_each_target_is_told_once_and_has_its_receipt(told: Told, webhook: Webhook, mailbox: Mailbox) -> None:
    told.targets(ana=[webhook.url("/a"), webhook.url("/b", "form"), mailbox.url("ana@example.org")])
    for number in (1, 2):
        told.send(number)
    [post] = webhook.got("/a")
    assert json.loads(post.body)["title"] == MESSAGE.subject
    assert json.loads(post.body)["message"] == MESSAGE.body
    assert len(webhook.got("/b")) == 1
    [mailed] = mailbox.mails
    assert (mailed["To"], mailed["Subject"]) == ("ana@example.org", MESSAGE.subject)
    assert [(*row[:2], row[2].partition(" ")[0]) for row in told.rows()] == [("delivered", 1, "taken")] * 3
    assert told.in_tray() == ["ana"]


def test_a_retry_tells_only_the_target_that_failed(told: Told, webhook: Webhook, mailbox: Mailbox) -> None:
    mailbox.refusals, webhook.answers["/b"] = 1, 503
    told.targets(ana=[webhook.url("/a"), webhook.url("/b"), mailbox.url("ana@example.org")])
    error = told.refused()
    assert error.type == "NotDelivered"
    assert not error.non_retryable
    assert error.message.startswith("2 of 3 targets not told: json-")
    assert "answered 503" in error.message
    assert told.states() == [("delivered", 1), ("failed", 1), ("failed", 1)]
    webhook.answers.clear()
    told.send(2)
    assert told.states() == [("delivered", 1), ("delivered", 2), ("delivered", 2)]
    assert [len(webhook.got(path)) for path in ("/a", "/b")] == [1, 2]
    assert len(mailbox.mails) == 1
    keys = {post.headers["Idempotency-Key"] for post in webhook.got("/b")}
    assert len(keys) == 1  # by which the receiver knows the second for the first
    assert told.in_tray() == ["ana"]


def test_a_target_that_does_not_answer_is_given_up_in_time_and_tried_again(
    told: Told, webhook: Webhook
) -> None:
    told.targets(ana=[webhook.url("/slow")])
    webhook.silent.set()
    assert told.refused(timeout=0.5).message.startswith("1 of 1 targets not told")
    webhook.silent.clear()
    told.send(2)
    assert told.states() == [("delivered", 2)]


def test_a_target_that_takes_it_after_the_wait_for_it_is_not_told_again(told: Told, webhook: Webhook) -> None:
    told.targets(ana=[webhook.url("/drips")])
    webhook.dripping.set()
    assert "no answer in time" in told.refused(timeout=0.5).message
    assert told.states() == [("sending", 1)]
    webhook.dripping.clear()
    while told.states() != [("delivered", 1)]:
        time.sleep(0.01)
    told.send(2)
    assert len(webhook.got("/drips")) == 1


def test_a_process_killed_between_the_message_and_its_receipt_has_the_target_told_again_under_the_same_key(
    told: Told, webhook: Webhook
) -> None:
    told.targets(ana=[webhook.url("/a")])
    webhook.silent.set()
    url = told.store.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.notify_process", url, str(told.file)]
    with subprocess.Popen(command) as process:
        while not webhook.got("/a"):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert told.states() == [("sending", 1)]  # whether the target took it, nobody knows
    webhook.silent.clear()
    told.send(2)
    first, second = webhook.got("/a")
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert (told.states(), told.in_tray()) == ([("delivered", 2)], ["ana"])


def test_a_change_of_the_file_between_attempts_counts(told: Told, webhook: Webhook) -> None:
    webhook.answers["/old"] = 500
    told.targets(ana=[webhook.url("/a"), webhook.url("/old")])
    told.refused()
    told.targets(ana=[webhook.url("/a"), webhook.url("/new")])
    told.send(2)
    assert told.states() == [("delivered", 1), ("dropped", 1), ("delivered", 1)]
    assert [len(webhook.got(path)) for path in ("/a", "/old", "/new")] == [1, 1, 1]


def test_a_new_password_makes_no_new_target(told: Told, webhook: Webhook) -> None:
    def url(password: str) -> str:
        return f"json://me:{password}@127.0.0.1:{webhook.port}/a"

    webhook.answers["/a"] = 401
    told.targets(ana=[url("old")])
    told.refused()
    webhook.answers.clear()
    told.targets(ana=[url("new")])
    told.send(2)
    told.targets(ana=[url("newest")])
    told.send(3)
    assert told.states() == [("delivered", 2)]


def test_a_file_that_cannot_be_used_leaves_the_in_tray_and_is_read_again(
    told: Told, webhook: Webhook
) -> None:
    told.file.write_text('[people]\nana = ["json://token-secret"')
    error = told.refused()
    assert (error.type, error.non_retryable) == ("InvalidTargets", False)
    assert "secret" not in error.message
    assert told.in_tray() == ["ana"]
    told.targets(ana=[webhook.url("/a")])
    told.send(2)
    assert (told.states(), len(webhook.got("/a"))) == ([("delivered", 1)], 1)
    assert told.in_tray() == ["ana"]


def test_no_secret_of_a_url_is_logged_stored_or_raised(
    told: Told, webhook: Webhook, capfd: pytest.CaptureFixture[str]
) -> None:
    webhook.answers["/hidden-two"] = 500
    told.targets(
        ana=[
            f"json://user:hidden-one@127.0.0.1:{webhook.port}/hidden-two?X=hidden-three",
            "json://127.0.0.1:1/hidden-four",
            "unknown://hidden-five",
            f"mailto://user:hidden-six@127.0.0.1:{webhook.port}/?to=a@example.org&name=hidden-seven",
            webhook.url("/hidden-eight"),
        ]
    )
    # Not caplog, which listens at the library's own loggers too.
    root, log = logging.getLogger(), io.StringIO()
    handler, level = logging.StreamHandler(log), root.level
    root.addHandler(handler)
    root.setLevel(logging.NOTSET)
    error = told.refused()
    root.setLevel(level)
    root.removeHandler(handler)
    with told.store.begin() as connection:
        stored = [str(connection.execute(select(table)).all()) for table in schema.metadata.tables.values()]
    shown = "".join([str(error), repr(error.__context__), *stored, log.getvalue(), *capfd.readouterr()])
    assert "4 of 5 targets not told" in shown
    assert "hidden" not in shown.lower()


def test_without_a_file_of_targets_only_the_in_tray_has_it(store: Engine) -> None:
    an_attempt().run(ApprovalActivities(EffectRecord(store, "worker")).send_notification, MESSAGE)
    told = Told(store, Path("none"))
    assert (told.in_tray(), told.rows()) == (["ana"], [])

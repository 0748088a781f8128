"""Temporal away, or not letting anybody in: the right exit code and one line, from every script."""

import asyncio

from temporal.chaos.targets.environment import free_ports
from tests.grpc_answers import OK, PERMISSION_DENIED, UNAVAILABLE, answering
from tests.integration.script_process import Scripts, error_of

pytest_plugins = ["tests.integration.script_runner"]

COMMANDS = (
    ("start_workflow", "approval", "--title", "T", "--requester", "R", "--detach"),
    ("send_signal", "approve", "some-workflow", "--approver", "ana"),
    ("workflow_status", "some-workflow"),
    ("cancel_workflow", "some-workflow"),
)


async def test_no_temporal_is_exit_code_three(scripts: Scripts) -> None:
    address = f"127.0.0.1:{free_ports(1)[0]}"
    calls = [asyncio.to_thread(scripts.run, *command, TEMPORAL_ADDRESS=address) for command in COMMANDS]
    async with answering(OK, UNAVAILABLE) as server:  # it goes away once the script has connected
        lost, *unreached = await asyncio.gather(
            asyncio.to_thread(scripts.run, *COMMANDS[-1], TEMPORAL_ADDRESS=server.address), *calls
        )
    for ended in unreached:
        assert ended.one_error().startswith(f"error: cannot reach Temporal at {address}")
    assert lost.one_error().startswith(f"error: Temporal at {server.address} does not answer")
    assert {(ended.exit_code, ended.output) for ended in (lost, *unreached)} == {(3, "")}


async def test_no_permission_is_one_line(scripts: Scripts) -> None:
    await asyncio.gather(*(refused(scripts, command) for command in COMMANDS))


async def refused(scripts: Scripts, command: tuple[str, ...]) -> None:
    """Runs a command against a server that lets it connect and then refuses every call."""
    async with answering(OK, PERMISSION_DENIED, message="Request unauthorized.") as server:
        ended = await asyncio.to_thread(scripts.run, *command, TEMPORAL_ADDRESS=server.address)
    assert ended.exit_code == 1
    assert ended.one_error() == (
        f"error: Temporal at {server.address} refuses: no permission (Request unauthorized.)"
    )


def test_a_namespace_that_does_not_exist_is_named(scripts: Scripts) -> None:
    ended = scripts.run(*COMMANDS[-1], TEMPORAL_NAMESPACE="elsewhere")
    assert ended.exit_code == 1
    assert "has no namespace 'elsewhere'; set TEMPORAL_NAMESPACE" in ended.one_error()


def test_wrong_settings_are_exit_code_two(scripts: Scripts) -> None:
    ended = scripts.run("workflow_status", "some-workflow", TEMPORAL_ADDRESS="nowhere")
    assert ended.exit_code == 2
    assert "TEMPORAL_ADDRESS" in error_of(ended)

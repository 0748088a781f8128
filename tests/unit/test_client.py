import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payloads
from temporalio.client import Client
from temporalio.service import TLSConfig

from temporal.client import check_size, connect
from temporal.command_line import FAILED, NO_TEMPORAL, USAGE, CommandError
from temporal.connection_settings import DEFAULT_ADDRESS, ConnectionSettings
from temporal.messages.validation import MAX_PAYLOAD_BYTES
from tests.grpc_answers import HANG_UP, OK, PERMISSION_DENIED, UNAUTHENTICATED, UNAVAILABLE, answering

ROOT = Path(__file__).parents[2]
LONG = 600.0
"""Patience that a test would not survive, in seconds: what must fail at once is told apart by it."""


async def failure_of(settings: ConnectionSettings | str, patience: float) -> CommandError:
    if isinstance(settings, str):
        settings = ConnectionSettings(address=settings)
    with pytest.raises(CommandError) as raised:
        await connect(settings, patience=patience)
    assert "\n" not in raised.value.message
    return raised.value


async def test_it_connects_to_the_namespace_of_the_settings_under_the_given_identity() -> None:
    async with answering(OK) as server:
        client = await connect(ConnectionSettings(address=server.address, namespace="shop"), identity="me")

    assert (client.namespace, client.identity) == ("shop", "me")


async def test_a_port_on_which_nobody_listens_cannot_be_reached() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        error = await failure_of(address, 0.3)

    assert error.exit_code == NO_TEMPORAL
    assert address in error.message
    assert "Connection refused" in error.message


async def test_a_host_that_does_not_exist_cannot_be_reached() -> None:
    assert (await failure_of("no-such-host.invalid:7233", 0)).exit_code == NO_TEMPORAL


async def test_without_patience_it_tries_once() -> None:
    async with answering(HANG_UP) as server:
        error = await failure_of(server.address, 0)

    assert (error.exit_code, server.calls) == (NO_TEMPORAL, 1)


async def test_with_patience_it_tries_again_and_gives_up() -> None:
    async with answering(HANG_UP) as server:
        error = await failure_of(server.address, 0.5)

    assert error.exit_code == NO_TEMPORAL
    assert server.calls > 1


async def test_a_server_that_never_answers_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = await failure_of(f"127.0.0.1:{silent.getsockname()[1]}", 0)

    assert error.exit_code == NO_TEMPORAL


async def test_it_connects_once_temporal_is_there() -> None:
    async with answering(HANG_UP, UNAVAILABLE, OK) as server:
        await connect(ConnectionSettings(address=server.address), patience=LONG)

    assert server.calls == 3


@pytest.mark.parametrize("status", [UNAUTHENTICATED, PERMISSION_DENIED])
async def test_a_refusal_is_final(status: int) -> None:
    async with answering(status, message='the key "a" has expired') as server:
        error = await failure_of(server.address, LONG)

    assert (error.exit_code, server.calls) == (FAILED, 1)
    assert 'the key "a" has expired' in error.message


@pytest.mark.parametrize(
    "settings",
    [
        ConnectionSettings(address="256.1.1.1:7233"),
        ConnectionSettings(rpc_metadata={"a b": "x"}),
        ConnectionSettings(tls=TLSConfig(client_cert=b"no PEM", client_private_key=b"no PEM")),
        ConnectionSettings(tls=TLSConfig(domain="two words")),
        ConnectionSettings(tls=TLSConfig(client_cert=b"no key")),
    ],
    ids=["address", "metadata", "certificate", "server-name", "half-a-certificate"],
)
async def test_settings_that_can_never_work_are_wrong_usage_at_once(settings: ConnectionSettings) -> None:
    async with answering(OK) as server:
        if settings.address == DEFAULT_ADDRESS:
            settings = replace(settings, address=server.address)
        error = await failure_of(settings, LONG)

    assert error.exit_code == USAGE


async def test_tls_against_a_server_without_it_is_said() -> None:
    async with answering(OK) as server:
        error = await failure_of(ConnectionSettings(address=server.address, tls=True), 0)

    assert error.exit_code == NO_TEMPORAL
    assert "TLS" in error.message


async def test_up_to_2_mib_may_be_sent_and_no_byte_more() -> None:
    client = await Client.connect("127.0.0.1:1", lazy=True)
    text = "x" * (MAX_PAYLOAD_BYTES - 1_000)
    message = Payloads(payloads=await client.data_converter.encode([text]))  # what the server counts
    largest = text + "x" * (MAX_PAYLOAD_BYTES - message.ByteSize())

    await check_size(client, "details", largest)
    with pytest.raises(CommandError) as raised:
        await check_size(client, "details", largest + "x")

    assert raised.value.exit_code == USAGE
    assert raised.value.message.startswith("details: at most 2097152 bytes")


async def test_all_arguments_count_together() -> None:
    client = await Client.connect("127.0.0.1:1", lazy=True)
    half = "x" * (MAX_PAYLOAD_BYTES // 2)

    await check_size(client, "input", half)
    with pytest.raises(CommandError):
        await check_size(client, "input", half, half)


PRINTS_NOTHING = """
import asyncio, logging
from temporal.client import connect
from temporal.command_line import leave
from temporal.config import ConnectionSettings
from tests.grpc_answers import OK, UNAVAILABLE, answering

class Notice(logging.Handler):
    def emit(self, record):
        loop.call_soon_threadsafe(warned.set)

async def main():
    global loop, warned
    loop, warned = asyncio.get_running_loop(), asyncio.Event()
    logging.getLogger("temporalio").addHandler(Notice())
    async with answering(OK, UNAVAILABLE) as server:
        client = await connect(ConnectionSettings(address=server.address))
        call = asyncio.create_task(client.count_workflows())  # the SDK's core warns of its retries
        warning = asyncio.create_task(warned.wait())
        await asyncio.wait({call, warning}, return_when=asyncio.FIRST_COMPLETED)
        leave(0 if warning.done() else 1)

asyncio.run(main())
"""


def test_the_sdks_own_log_goes_to_pythons_and_not_amid_the_output() -> None:
    child = subprocess.run(
        [sys.executable, "-c", PRINTS_NOTHING],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )

    assert (child.returncode, child.stdout, child.stderr) == (0, "", "")

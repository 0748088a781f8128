"""Certificates, tokens and keys are replaced while workflows are in flight, and none is lost."""

import uuid
from collections.abc import Iterator

import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import RPCStatusCode

from temporal.certs.folder import AUTHORITY_FOLDER, SIGNING_KEY
from temporal.certs.plan import AUTHORITIES
from temporal.chaos.observation import until
from tests.stack.in_flight import InFlight, take_off
from tests.stack.outages import back, starts
from tests.stack.secure_stack import REFUSED_BEFORE_A_WORD, SecureStack, Shown

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]  # the stack comes up several times

CALLERS = ("worker", "api", "temporal-ui")
"""Who reads its certificate at its start alone."""
ASKED = DescribeNamespaceRequest(namespace="default")


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureStack]:
    """A secured stack whose credentials the tests replace."""
    stack = SecureStack(tmp_path_factory.mktemp("rotated"), f"rotated-test-{uuid.uuid4().hex[:8]}")
    stack.certs.fill()
    try:
        stack.must("up")
        yield stack
    finally:
        stack.must("down", "--volumes")


async def in_flight(stack: SecureStack) -> InFlight:
    """Workflows in mid-flight in the stack's own worker, on a queue of the test's own."""
    stack.variables["TASK_QUEUE"] = f"rotated-{uuid.uuid4().hex[:8]}"
    stack.must("up")
    return await take_off(await stack.client(), stack.variables["TASK_QUEUE"], sleep_seconds=5)


async def code(stack: SecureStack, shown: Shown) -> RPCStatusCode:
    return (await stack.call(stack.connection(shown), "DescribeNamespace", ASKED)).code


async def given_out(stack: SecureStack) -> None:
    """Does what docs/secure.md says; returns once the server and database show their new ones."""
    stack.must("up")
    stack.must("psql", "-c", "SELECT pg_reload_conf()")
    frontend, database = (
        stack.issued(file).certificate.decode() for file in ("temporal-server/frontend", "postgresql/server")
    )

    async def served() -> bool:
        return stack.served() == frontend and stack.served_by_postgresql() == database

    await until("frontend and PostgreSQL show their new certificates", served)


async def test_all_certificates_and_tokens_are_renewed_under_workflows_in_flight(
    rotated: SecureStack,
) -> None:
    old = rotated.shown("starter")
    server = rotated.state("temporal-server")["StartedAt"], rotated.state("postgresql")["StartedAt"]
    flight = await in_flight(rotated)

    rotated.renew()
    await given_out(rotated)
    started = starts(rotated, *CALLERS)
    rotated.must("restart", *CALLERS)
    await back(rotated, started)

    store = rotated.store()
    await flight.end_well(await rotated.client(), store)
    store.dispose()
    # Neither the server nor the database was stopped for it; what is not taken back still opens.
    assert server == (rotated.state("temporal-server")["StartedAt"], rotated.state("postgresql")["StartedAt"])
    assert rotated.shown("starter") != old
    assert await code(rotated, old) == RPCStatusCode.OK


async def test_new_authorities_and_a_new_signing_key_shut_the_old_out_and_lose_no_workflow(
    rotated: SecureStack,
) -> None:
    old = rotated.shown("starter")
    flight = await in_flight(rotated)

    for name in AUTHORITIES:
        (rotated.certs.path / AUTHORITY_FOLDER / f"{name}.key").unlink()
    (rotated.certs.path / SIGNING_KEY).unlink()
    rotated.certs.fill()
    rotated.must("up", "--force-recreate")

    store = rotated.store()
    await flight.end_well(await rotated.client(), store)
    store.dispose()
    new = rotated.shown("starter")
    assert await code(rotated, new) == RPCStatusCode.OK
    assert await code(rotated, Shown(old.certificate, new.token)) == REFUSED_BEFORE_A_WORD
    assert await code(rotated, Shown(new.certificate, old.token)) == RPCStatusCode.PERMISSION_DENIED

"""Requests that schemathesis makes up from the OpenAPI document, sent to a real API process.

API_FUZZ_EXAMPLES says how many for each operation; by default few. 1000 make 10,000 in all.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks

from services.api.app import ROUTERS
from services.api.description import DescribedApi
from temporal.chaos.targets.embedded import EmbeddedTarget
from tests.api.api_client import asked, name
from tests.api.api_process import ApiProcess

pytest_plugins = ["tests.api.api_fixtures"]

EXAMPLES = int(os.environ.get("API_FUZZ_EXAMPLES", "4"))

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]


@dataclass(frozen=True)
class Fuzzed:
    """The process under test, a caller's token, and a request that exists."""

    process: ApiProcess
    headers: dict[str, str]
    approval: str


@pytest.fixture(scope="module")
def fuzzed(api_target: EmbeddedTarget) -> Iterator[Fuzzed]:
    process = ApiProcess(api_target)
    with asyncio.Runner() as runner:
        runner.run(process.start())

        async def made() -> tuple[str, dict[str, str]]:
            # Of somebody else: nothing that is made up can withdraw it.
            async with process.caller(name("ana")) as ana:
                approval = await asked(ana, policy={"quorum": 100, "reject_ends": False})
            async with process.caller(name("eva"), roles=["admin", "operator"]) as caller:
                return approval, {"Authorization": caller.headers["authorization"]}

        approval, headers = runner.run(made())
        yield Fuzzed(process, headers, approval)
        process.kill()


def document() -> dict[str, Any]:
    app = DescribedApi(title="fuzzed")
    for module in ROUTERS:
        app.include_router(module.router)
    return app.openapi()


schema = schemathesis.openapi.from_dict(document())


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@pytest.mark.timeout(0)  # as long as so many examples take
def test_no_request_is_answered_by_a_failure_or_by_what_is_not_declared(
    case: schemathesis.Case[Any], fuzzed: Fuzzed
) -> None:
    given = str((case.path_parameters or {}).get("id", ""))
    if len(given) % 2:  # else nothing but 404 would be met
        case.path_parameters["id"] = fuzzed.approval
    response = case.call(base_url=fuzzed.process.url, headers=fuzzed.headers)
    case.validate_response(response, checks=CHECKS)

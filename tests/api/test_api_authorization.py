"""Who may do what, against a model of it that shares no line with the API.

API_FUZZ_EXAMPLES says how many people come by; each sends five requests.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from temporal.chaos.targets.embedded import EmbeddedTarget
from tests.api.api_client import asked, name
from tests.api.api_process import ApiProcess

pytest_plugins = ["tests.api.api_fixtures"]

EXAMPLES = int(os.environ.get("API_FUZZ_EXAMPLES", "25"))

SUFFIX = name("")
PEOPLE = [f"person-{number}{SUFFIX}" for number in range(4)]
GROUPS = [f"group-{number}{SUFFIX}" for number in range(3)]
ROLES = ["admin", "auditor", "operator", "service", "unheard-of"]
NOBODYS = f"nobodys{SUFFIX}"
"""A group without members: it lets a request wait for more approvals than its users could give."""


@dataclass(frozen=True)
class Person:
    """Somebody with a token."""

    subject: str
    groups: frozenset[str]
    roles: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """A request that waits for ever."""

    requester: str
    users: frozenset[str]
    groups: frozenset[str]
    four_eyes: bool
    id: str = ""


REQUESTS = [
    Asked(PEOPLE[0], frozenset(), frozenset(), four_eyes=False),
    Asked(PEOPLE[0], frozenset(), frozenset(), four_eyes=True),
    Asked(PEOPLE[0], frozenset({PEOPLE[1]}), frozenset({NOBODYS}), four_eyes=False),
    Asked(PEOPLE[1], frozenset({PEOPLE[1], PEOPLE[2]}), frozenset({GROUPS[0]}), four_eyes=True),
    Asked(PEOPLE[2], frozenset(), frozenset({GROUPS[1]}), four_eyes=False),
    Asked(PEOPLE[3], frozenset({PEOPLE[0]}), frozenset({GROUPS[0], GROUPS[2]}), four_eyes=True),
]

people = st.builds(
    Person,
    st.sampled_from(PEOPLE),
    st.frozensets(st.sampled_from(GROUPS)),
    st.frozensets(st.sampled_from(ROLES), max_size=2),
)


def is_named(person: Person, request: Asked) -> bool:
    if not request.users and not request.groups:
        return True
    return person.subject in request.users or not request.groups.isdisjoint(person.groups)


def sees(person: Person, request: Asked) -> bool:
    reads_all = "admin" in person.roles or "auditor" in person.roles
    return reads_all or person.subject == request.requester or is_named(person, request)


def decides(person: Person, request: Asked) -> bool:
    return is_named(person, request) and not (request.four_eyes and person.subject == request.requester)


def expected(person: Person, request: Asked) -> dict[str, set[int]]:
    """Says what each call may be answered; 409 is a second vote of the same person."""
    read = {200} if sees(person, request) else {404}
    links = {201} if person.roles & {"admin", "service"} else {403}
    decide, withdraw = {404}, {404}
    if sees(person, request):
        decide = {200, 409} if decides(person, request) else {403}
        withdraw = {403}
    signal = {403}  # an operator is told that it is an approval, anybody else that it takes a role
    return {
        "read": read,
        "history": read,
        "links": links,
        "decide": decide,
        "withdraw": withdraw,
        "signal": signal,
    }


async def answers(client: httpx.AsyncClient, request: Asked, *, withdraws: bool) -> dict[str, int]:
    at = f"/approvals/{request.id}"
    calls = {
        "read": client.get(at),
        "history": client.get(f"{at}/history"),
        "links": client.post(f"{at}/links", json={"approver": "somebody"}),
        "decide": client.post(f"{at}/decisions", json={"outcome": "approved"}),
        "signal": client.post(
            f"/workflows/{request.id}/signals/approve", json={"payload": {"approver": "x"}}
        ),
    }
    if withdraws:
        calls["withdraw"] = client.post(f"{at}/withdrawal", json={})
    found = await asyncio.gather(*calls.values())
    return dict(zip(calls, (answer.status_code for answer in found), strict=True))


@dataclass
class Office:
    """The process under test and the requests that wait there."""

    process: ApiProcess
    requests: list[Asked]
    runner: asyncio.Runner


@pytest.fixture(scope="module")
def office(api_target: EmbeddedTarget) -> Iterator[Office]:
    process = ApiProcess(api_target)

    async def made(request: Asked) -> Asked:
        policy = {
            "users": sorted(request.users),
            "groups": sorted(request.groups),
            "four_eyes": request.four_eyes,
            "quorum": 100,
            "reject_ends": False,
        }
        async with process.caller(request.requester) as client:
            approval = await asked(client, policy=policy)
        return Asked(request.requester, request.users, request.groups, request.four_eyes, approval)

    async def all_made() -> list[Asked]:
        await process.start()
        return [await made(request) for request in REQUESTS]

    with asyncio.Runner() as runner:
        yield Office(process, runner.run(all_made()), runner)
        process.kill()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(person=people, number=st.integers(0, len(REQUESTS) - 1))
@pytest.mark.timeout(0)  # as long as so many examples take
def test_everybody_may_do_what_the_model_says_and_nothing_else(
    office: Office, person: Person, number: int
) -> None:
    request = office.requests[number]
    may = expected(person, request)

    async def come_by() -> dict[str, int]:
        client = office.process.caller(person.subject, sorted(person.roles), sorted(person.groups))
        async with client:
            # Whoever asked could end it, and then nobody else would have anything to decide.
            return await answers(client, request, withdraws=person.subject != request.requester)

    for call, status in office.runner.run(come_by()).items():
        assert status in may[call], (call, status, person, request)

"""What a chaos command asks for, checked: which scenarios, where, and with whose worker."""

import ipaddress
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from temporal.chaos.scenario import Scenario
from temporal.chaos.scenarios import GROUPS, SCENARIOS, foreign_scenarios
from temporal.chaos.workloads.foreign import foreign_workload
from temporal.command_line import USAGE, CommandError

EMBEDDED, COMPOSE, ADDRESS = "embedded", "compose", "address"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What to run and where.

    Attributes:
        scenarios: What.
        site: `embedded`, `compose` or `address`.
        address: The address, if it is one.
        command: The user's worker; empty for this project's.
        soak: Whether the soak was asked for.
    """

    scenarios: Sequence[Scenario]
    site: str
    address: str = ""
    command: Sequence[str] = ()
    soak: bool = False


def chosen(
    names: Sequence[str] | None,
    target: str,
    kinds: Sequence[bool],
    *,
    worker: str | None,
    load: str | None,
    mine: bool,
) -> Choice:
    """Checks what the user asks for.

    A group leaves out what cannot be done here, and says so in a line each; a scenario that was named is run.

    Raises:
        CommandError: A name is unknown, the target is not allowed, or an option lacks another (exit code 2).
    """
    site = target if target in (EMBEDDED, COMPOSE) else ADDRESS
    if site == ADDRESS:
        _check_address(target, mine=mine)
    if bool(worker) != bool(load):
        raise CommandError("--worker and --load go together", USAGE)
    command: list[str] = []
    scenarios: list[Scenario]
    if worker and load:
        command = shlex.split(worker)
        scenarios = _named(names, foreign_scenarios(foreign_workload(load)), site, kinds)
    else:
        scenarios = _named(names, SCENARIOS, site, kinds)
    return Choice(
        scenarios=scenarios, site=site, address=target, command=command, soak="soak" in (names or [])
    )


def _named(
    names: Sequence[str] | None, known: Sequence[Scenario], site: str, kinds: Sequence[bool]
) -> list[Scenario]:
    by_name = {scenario.name: scenario for scenario in known}
    found: dict[str, Scenario] = {}
    for name in names or ["all" if known is not SCENARIOS else "seed"]:
        if name in by_name:
            found[name] = by_name[name]
        elif name in GROUPS:
            group = GROUPS[name] if known is SCENARIOS else known
            found |= {scenario.name: scenario for scenario in group if _possible(scenario, site, kinds)}
        else:
            raise CommandError(f"--scenario {name!r}: allowed: {', '.join([*GROUPS, *by_name])}", USAGE)
    if not found:
        raise CommandError("none of these scenarios can run here", USAGE)
    return list(found.values())


def _possible(scenario: Scenario, site: str, kinds: Sequence[bool]) -> bool:
    reasons = [scenario.lacking(site, supervised=supervised) for supervised in kinds]
    if all(reasons):
        print(f"not available here: {scenario.name}: {reasons[0]}", file=sys.stderr)
    return not all(reasons)


def _check_address(target: str, *, mine: bool) -> None:
    host, _, port = target.rpartition(":")
    if not host or not port.isdigit():
        raise CommandError(f"--target {target!r}: allowed: embedded, compose or HOST:PORT", USAGE)
    if not mine and not _is_here(host.strip("[]")):
        raise CommandError(
            f"--target {target!r} is not on this machine: say --i-own-this-target to strike it", USAGE
        )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

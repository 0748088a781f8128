"""Messages of `ClosedFormWorkflow`, and its right answer by formula."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class ClosedFormInput:
    """What the workflow is asked to do, and how far it has come by continuing as new.

    Attributes:
        numbers: It squares 1 to this number in each round, one activity each, all at once.
        children: How many child workflows each round has; each adds up 1 to `numbers`.
        rounds: How many rounds, each a run of its own.
        signals: How many signals it waits for in its last round.
        round: The round of this run, from 1.
        total: The sum so far.
        applied: Ids of the signals applied so far, in order.
    """

    numbers: int = 4
    children: int = 2
    rounds: int = 2
    signals: int = 3
    round: int = 1
    total: int = 0
    applied: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ClosedFormResult:
    """The sum over all rounds, how many there were, and the ids of the signals in the order of their use."""

    total: int
    rounds: int
    applied: list[str]


@dataclass(frozen=True, kw_only=True)
class Term:
    """What one activity computes: the number, to the power."""

    number: int
    power: int


@dataclass(frozen=True, kw_only=True)
class Value:
    """A term's value, and the key under which the effect record holds it."""

    value: int
    effect_key: str


def right_total(request: ClosedFormInput) -> int:
    """Returns the right sum by Gauss's and Archimedes' formulas: nothing of the workflow's code is used."""
    n = request.numbers
    squares, triangle = n * (n + 1) * (2 * n + 1) // 6, n * (n + 1) // 2
    return request.rounds * (squares + request.children * triangle)

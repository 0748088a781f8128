"""Messages of the activities that do the work: steps, long-running work and events."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class StepInput:
    """One step: `step` is its name, unique in its run; `subject` is what it works on."""

    step: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """A step's outcome.

    Attributes:
        step: The step's name.
        output: SHA-256 of `subject/step` in hexadecimal: a result anyone can recompute.
        effect_key: The key under which the effect record holds this step.
    """

    step: str
    output: str
    effect_key: str


@dataclass(frozen=True, kw_only=True)
class WorkInput:
    """Long-running work: `units` links of a hash chain over `subject`, each taking `unit_seconds`."""

    subject: str
    units: int
    unit_seconds: float


@dataclass(frozen=True, kw_only=True)
class WorkProgress:
    """What a heartbeat carries: how many units are done, and the hash chain's head after them."""

    units_done: int
    chain: str


@dataclass(frozen=True, kw_only=True)
class WorkResult:
    """The outcome of long-running work.

    Attributes:
        units: How many units were done in all.
        resumed_from: Units that an earlier attempt had done, by its last heartbeat; 0 on a first attempt.
        attempt: The attempt that finished it.
        chain: The hash chain's head: `units` times SHA-256, hexadecimal, starting from `subject`.
    """

    units: int
    resumed_from: int
    attempt: int
    chain: str


@dataclass(frozen=True, kw_only=True)
class LogEventInput:
    """One business event: `kind` is a short name such as `demo-started`, `message` is for people."""

    kind: str
    message: str

"""Every control: which defect, and the invariant that must catch it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from temporal.chaos.controls import plays
from temporal.chaos.controls.stage import Stage
from temporal.chaos.evidence import Evidence


@dataclass(frozen=True)
class Control:
    """One control.

    Attributes:
        name: Its name.
        what: What is broken.
        catches: The invariant that must break; empty for the sound variant, in which nothing may.
        play: Runs it.
    """

    name: str
    what: str
    catches: str
    play: Callable[[Stage], Awaitable[Evidence]]


CONTROLS = (
    Control("sound", "nothing: a kill mid-sleep, and a replacement", "", plays.sound),
    Control("never-restarted", "no worker takes the dead one's place", "terminal", plays.never_restarted),
    Control("wrong-result", "work resumes one unit too far", "results", plays.wrong_result),
    Control(
        "unkeyed",
        "an activity without its key",
        "effects-once",
        partial(plays.dies_in_a_step, variant="unkeyed"),
    ),
    Control(
        "late-effect",
        "an effect written after its key was committed",
        "effects-once",
        partial(plays.dies_in_a_step, variant="late-effect"),
    ),
    Control(
        "cut-short",
        "a sleep of half its length",
        "sleeps",
        partial(plays.undisturbed, variant="hasty", request=plays.SLEEP),
    ),
    Control("woken-late", "a sleeper waits for a dead worker's queue", "sleeps", plays.woken_late),
    Control("late-message", "a message waits for a dead worker's queue", "on-time", plays.goes_on_late),
    Control("dropped-signal", "a workflow with a place for one message", "messages", plays.drops_a_signal),
    Control(
        "restless",
        "an activity that fails twice without need",
        "attempts",
        partial(plays.undisturbed, variant="restless", request=plays.STEPS),
    ),
    Control("zombie", "a stopped worker's late completion by id", "fencing", plays.zombie),
    Control(
        "non-deterministic",
        "a workflow that asks the environment",
        "replay",
        partial(plays.undisturbed, variant="switched", request=plays.STEPS),
    ),
    Control("not-injected", "a kill that is only claimed", "fault-landed", plays.not_injected),
    Control("process-left", "a worker that leaves a process", "leaks", plays.leaves_a_process),
)

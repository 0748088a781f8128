"""Nothing is left behind: no process, descriptor, file or open workflow of the run."""

from temporal.chaos.evidence import Evidence

NAME = "leaks"
WHAT = "no process, descriptor, file or open workflow is left behind"


def applies(evidence: Evidence) -> bool:
    """Always."""
    return True


async def check(evidence: Evidence) -> list[str]:
    """Returns what the run's end was seen to leave."""
    return [f"left behind: {thing}" for thing in evidence.left]

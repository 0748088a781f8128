"""What the stack's command has said of a service when it failed."""

import subprocess


def cause_of(ended: "subprocess.CompletedProcess[str]", service: str) -> str:
    """Returns the cause in the one line about a service, among those in which Compose tells what it does.

    A service that needs another one may be named as well, with a line of its own.
    """
    assert ended.returncode == 1, ended
    start = f"error: {service}: "
    causes = [line.removeprefix(start) for line in ended.stderr.splitlines() if line.startswith(start)]
    assert len(causes) == 1, ended.stderr
    return causes[0]

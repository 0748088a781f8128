"""Runs a command and fails when it leaves a process behind. Linux only.

As the subreaper of whatever it starts, this process becomes the parent of every orphan, daemons in a session
of their own included: what is left is exactly its children.
"""

import ctypes
import subprocess
import sys

import psutil

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
GRACE_SECONDS = 2.0
"""How long a process that is already ending may take to be gone, in seconds."""


def main(command: list[str]) -> int:
    """Returns the command's exit code, or 1 when it succeeded and something it started still runs."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        print("error: the kernel refuses PR_SET_CHILD_SUBREAPER", file=sys.stderr)
        return 1
    exit_code = subprocess.run(command).returncode
    left = psutil.wait_procs(psutil.Process().children(recursive=True), timeout=GRACE_SECONDS)[1]
    for process in left:
        with process.oneshot():
            print(f"left behind: {process.pid} {' '.join(process.cmdline())[:200]}", file=sys.stderr)
        process.kill()
    psutil.wait_procs(left)
    return exit_code or (1 if left else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

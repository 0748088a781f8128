"""The monolithic worker, `python -m temporal.workers.worker`: polls as early as it can, drains at a signal.

It exits 0 after a drain, 1 when it cannot work or a drain was forced, 2 on wrong settings and 3 when Temporal
cannot be reached.
"""

import asyncio
import gc

from temporal.command_line import leave, run_without_arguments


def main() -> int:
    """Run the worker until SIGINT or SIGTERM drains it. Settings come from the environment and .env."""
    # Loading makes many objects and no garbage: looking for some is a tenth of a worker's start.
    gc.disable()
    from temporal.config import load_settings
    from temporal.logs import set_up_logs
    from temporal.workers.serving import serve

    gc.freeze()  # nor need it be looked for among these while the worker works
    gc.enable()
    settings = load_settings()
    set_up_logs(settings.log)
    return asyncio.run(serve(settings))


if __name__ == "__main__":
    leave(run_without_arguments(main, name="python -m temporal.workers.worker"))

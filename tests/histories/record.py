"""Records histories on the embedded engine: `python -m tests.histories.record [SCENE…]`.

Without names it records the scenes that have no history yet; with names, those again.
"""

import asyncio
import inspect
import json
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.client import Client

from tests.histories import approval_scenes, demo_scenes, policy_scenes
from tests.histories.bench import Bench, cli_that_wants_short_histories, running_engine

FOLDER = Path(__file__).parent
SCENES: dict[str, Callable[[Bench], Awaitable[None]]] = {
    name: scene
    for module in (demo_scenes, approval_scenes, policy_scenes)
    for name, scene in inspect.getmembers(module, inspect.iscoroutinefunction)
    if inspect.getmodule(scene) is module and not name.startswith("_")
}
"""Every scene by name, which is also its file's."""

SHORT = 60
"""Events after which the recorder's engine suggests a new run; more than any other scene has."""

IDENTITY = re.compile(r"worker@[^/\"]+/\d+-[0-9a-f]{8}")
"""What `unique_identity` of the worker returns: it names the host and the process."""


def file_of(scene: str) -> Path:
    """Returns where a scene's history is kept."""
    return FOLDER / f"{scene}.json"


def without_machine(history: str) -> str:
    """Returns a history's JSON without what only tells about the machine: hosts, processes, stack traces."""
    workers = list(dict.fromkeys(IDENTITY.findall(history)))
    anonymous = IDENTITY.sub(lambda found: f"worker@host/{workers.index(found[0]) + 1}", history)
    return json.dumps(_without_stack_traces(json.loads(anonymous)), indent=1, ensure_ascii=False) + "\n"


def _without_stack_traces(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_stack_traces(item) for name, item in value.items() if name != "stackTrace"}
    return [_without_stack_traces(item) for item in value] if isinstance(value, list) else value


async def record(client: Client, bench: Bench, scene: str) -> str:
    """Plays a scene and returns its history."""
    await SCENES[scene](bench)
    handle = client.get_workflow_handle(scene, run_id=bench.recorded_run)
    return without_machine((await handle.fetch_history()).to_json())


async def record_all(address: str, folder: Path, scenes: list[str]) -> None:
    """Records scenes, one after the other."""
    client = await Client.connect(address, identity="recorder")
    for scene in scenes:
        bench = Bench(client, Path(tempfile.mkdtemp(dir=folder)), scene)
        file_of(scene).write_text(await record(client, bench, scene))
        print(file_of(scene).name, flush=True)


def main(names: list[str]) -> int:
    """Records; returns 2 when a name is no scene's."""
    if unknown := [name for name in names if name not in SCENES]:
        print(f"error: no scene {', '.join(unknown)}; there are: {', '.join(SCENES)}", file=sys.stderr)
        return 2
    scenes = names or [name for name in SCENES if not file_of(name).exists()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cli = cli_that_wants_short_histories(folder, SHORT)
        with running_engine(folder / "engine", cli) as engine:
            asyncio.run(record_all(engine.address, folder, scenes))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

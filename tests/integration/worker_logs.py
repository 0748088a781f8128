"""Reads what a worker logs: as JSON, and to see when it has got somewhere."""

import asyncio
import json
from pathlib import Path

from temporal.chaos.observation import until


def json_lines(log: Path) -> list[dict[str, object]]:
    """Returns every line, each of which must be one JSON object."""
    return [json.loads(line) for line in log.read_text().splitlines()]


async def logged(log: Path, text: str) -> None:
    """Waits until the log holds `text`."""

    async def reached() -> bool:
        return text in await asyncio.to_thread(log.read_text)

    await until(f"{text!r} in the log", reached)

"""The histories of failed runs, as JSON that `Replayer` and the Temporal UI read."""

import re
from collections.abc import Sequence
from pathlib import Path

from temporal.chaos.evidence import Verdict


def save_histories(verdicts: Sequence[Verdict], folder: Path) -> list[Path]:
    """Writes every history of every failed run into `folder`, a file each, and returns the files.

    Raises:
        OSError: A file cannot be written.
    """
    written = []
    for verdict in verdicts:
        if verdict.passed:
            continue
        evidence = verdict.evidence
        run = folder / f"{evidence.scenario}-{evidence.workers}-{evidence.number}"
        for ending in evidence.endings:
            for number, history in enumerate(ending.histories, start=1):
                # A foreign workflow's id may hold anything, slashes too.
                name = re.sub(r"[^\w.-]", "_", ending.workflow_id)[:150]
                file = run / f"{name}-{number}.json"
                run.mkdir(parents=True, exist_ok=True)
                file.write_text(history.to_json(), encoding="utf-8")
                written.append(file)
    return written

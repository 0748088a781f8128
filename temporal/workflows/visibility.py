"""What a running workflow shows of itself in the Temporal UI and in visibility queries."""

import json
from enum import StrEnum

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.messages import search_attributes

KEYWORD_BYTES = 2000
"""Longest value of a search attribute, in bytes. The server takes 2048, and more fails the workflow task."""

SUMMARY_BYTES = 350
"""Longest summary of an activity we set, in bytes: with its encoding below the server's
`limit.userMetadataSummarySize`, 400, which is enforced at start only (Server 1.32), yet documented."""


def shortened(text: str, size: int) -> str:
    """Returns the longest beginning of `text` that takes at most `size` bytes as JSON."""
    while len(json.dumps(text)) > size:
        text = text[:-1]
    return text


def show_phase(phase: StrEnum, *details: str, searchable: bool) -> None:
    """Sets the current details, and for a `searchable` phase also the search attribute `WorkflowPhase`.

    Args:
        phase: Where the workflow is.
        details: Lines shown below the phase; empty ones are left out.
        searchable: Whether the phase lasts long enough to find a run by it. An upsert is one event of the
            history, so phases of milliseconds go without.
    """
    workflow.set_current_details("  \n".join([f"**{phase}**", *filter(None, details)]))
    if searchable:
        workflow.upsert_search_attributes([search_attributes.WORKFLOW_PHASE.value_set(phase.value)])

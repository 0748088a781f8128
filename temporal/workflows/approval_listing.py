"""What the server's visibility knows of an open request, so that lists find it without asking a worker."""

from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from temporal.messages import search_attributes

from temporal.workflows.visibility import KEYWORD_BYTES, shortened


class ListedRequest:
    """Sets the search attributes of one request; made within its workflow.

    Args:
        settled: For whom it was settled already at the end of an earlier run, whose attributes stay.
    """

    def __init__(self, settled: list[str]) -> None:
        self._settled = settled

    def open(
        self, requester: str, approvers: list[str], settled: list[str], deadline: datetime | None
    ) -> None:
        """Makes the request findable."""
        attributes: list[SearchAttributeUpdate[Any]] = [
            search_attributes.APPROVAL_REQUESTER.value_set(shortened(requester, KEYWORD_BYTES)),
            search_attributes.APPROVAL_APPROVERS.value_set(approvers),
        ]
        if settled:
            attributes.append(search_attributes.APPROVAL_SETTLED_FOR.value_set(settled))
        if deadline is not None:
            attributes.append(search_attributes.APPROVAL_DEADLINE.value_set(deadline))
        self._settled = settled
        workflow.upsert_search_attributes(attributes)

    def escalate(self, approvers: list[str]) -> None:
        """Shows the further approvers."""
        workflow.upsert_search_attributes([search_attributes.APPROVAL_APPROVERS.value_set(approvers)])

    def settle(self, settled: list[str]) -> None:
        """Shows for whom the request is settled by now; does nothing when it was for the same ones before.

        The patch is asked for only at a vote that leaves the request open, so that no other history holds its
        marker. A run that has passed such a vote without it stays without it.
        """
        if settled == self._settled or not workflow.patched("approval-settled-for"):
            return
        self._settled = settled
        workflow.upsert_search_attributes([search_attributes.APPROVAL_SETTLED_FOR.value_set(settled)])

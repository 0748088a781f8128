"""What the audit keeps of a request: its decision, or the votes of one that ended without."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.messages.decision import Decision, RecordDecisionInput, payload_digest

from temporal.workflows.decision_book import DecisionBook


def decision_record(book: DecisionBook, decision: Decision) -> RecordDecisionInput:
    """Returns what is kept of a decision and its votes."""
    request = book.request
    decided_on = request.details if decision.edited is None else decision.edited
    return RecordDecisionInput(
        approval_id=book.approval_id,
        title=request.title,
        requester=request.requester,
        outcome=decision.outcome,
        decided_by=decision.decided_by,
        comment=decision.comment,
        decided_at=decision.decided_at,
        edited=decision.edited,
        votes=book.votes,
        channel=decision.channel,
        decision_id=decision.decision_id,
        payload_digest=payload_digest(decided_on),
    )


def votes_record(book: DecisionBook) -> RecordDecisionInput:
    """Returns what is kept of votes that no decision came of."""
    return RecordDecisionInput(
        approval_id=book.approval_id,
        title=book.request.title,
        requester=book.request.requester,
        outcome=None,
        decided_by="",
        votes=book.votes,
    )

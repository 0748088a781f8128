"""The first answer to a decision, found again once its workflow can no longer be asked."""

from services.api.approvals.recorded import Recorded
from services.api.approvals.refusals import Refused
from temporal.messages.approval import ApprovalResult
from temporal.messages.decide import DecideAnswer, DecideInput, Refusal, Verdict, WithdrawInput
from temporal.messages.decision import Decision, Outcome, Vote, payload_digest
from temporal.workflows.approval_rules import tally
from temporal.workflows.decision_book import id_of


def first_answer(
    result: ApprovalResult, message: DecideInput | WithdrawInput, quorum: int
) -> DecideAnswer | None:
    """Returns what a message was answered, by its workflow's result; None when the workflow never took it.

    Raises:
        Refused: Its id was taken for something else (409).
    """
    return _answer(result.votes, result.decision, message, quorum)


def first_answer_on_record(record: Recorded, message: DecideInput | WithdrawInput) -> DecideAnswer | None:
    """Returns what a message was answered, by the audit; None when it is not there.

    The audit knows no quorum: the answer's is the number of approvals that a decision took.

    Raises:
        Refused: Its id was taken for something else (409).
    """
    return _answer(record.votes, record.decision, message, max(1, tally(record.votes).approvals))


def _answer(
    votes: list[Vote], decision: Decision, message: DecideInput | WithdrawInput, quorum: int
) -> DecideAnswer | None:
    name = id_of(message)
    upto = next((number for number, vote in enumerate(votes, 1) if vote.decision_id == name), None)
    if isinstance(message, WithdrawInput):
        if decision.outcome is not Outcome.WITHDRAWN or decision.decision_id != name:
            return None
        _same((decision.decided_by, decision.comment), (message.by, message.reason))
        upto = len(votes)
    elif upto is None:
        return None
    else:
        vote = votes[upto - 1]
        said = (vote.approver, vote.outcome, vote.comment)
        _same(said, (message.approver.strip(), message.outcome, message.comment))
        if message.edited is not None:
            _same((vote.payload_digest,), (payload_digest(message.edited),))
    standing = tally(votes[:upto])
    decided = decision.decision_id == name
    return DecideAnswer(
        verdict=Verdict.DECIDED if decided else Verdict.COUNTED,
        decision_id=name,
        approvals=standing.approvals,
        rejections=standing.rejections,
        quorum=quorum,
        decision=decision if decided else None,
    )


def _same(first: tuple[str, ...], again: tuple[str, ...]) -> None:
    if first != again:
        raise Refused(Refusal.ID_REUSED, "the decision id was another decision's")

"""An approval's votes, its outcome, and the first answer to every decision id; no clock, no I/O."""

from collections.abc import Iterable
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.messages.approval import ApprovalRequest
    from temporal.messages.carried import Answered
    from temporal.messages.decide import DecideAnswer, DecideInput, Verdict, WithdrawInput
    from temporal.messages.decision import (
        TIMEOUT_APPROVER,
        Decision,
        Outcome,
        Vote,
        payload_digest,
    )
    from temporal.messages.policy import OnTimeout

from temporal.workflows.approval_rules import outcome_of, tally


class DecisionBook:
    """What has been decided on one request.

    Args:
        request: The request, with its policy.
        approval_id: What a signature has to name.
        votes: Votes of an earlier run.
        answers: Answers of an earlier run.

    Attributes:
        request: As given.
        approval_id: As given.
        votes: Every vote, oldest first.
        decision: The outcome, once there is one.
        escalated: Whether the further approvers may decide.
        closed: Why nothing counts any more; empty while it does.
    """

    def __init__(
        self,
        request: ApprovalRequest,
        approval_id: str,
        votes: Iterable[Vote] = (),
        answers: Iterable[Answered] = (),
    ) -> None:
        self.request = request
        self.approval_id = approval_id
        self.votes = list(votes)
        self._answers = {answered.decision_id: answered for answered in answers}
        self.decision: Decision | None = None
        self.escalated = False
        self.closed = ""

    def known(self, decision_id: str) -> Answered | None:
        """Returns what a decision id was answered; None when it is new."""
        return self._answers.get(decision_id)

    @property
    def answers(self) -> list[Answered]:
        """The first answer to every decision id, oldest first."""
        return list(self._answers.values())

    def take(self, message: DecideInput | WithdrawInput, now: datetime) -> DecideAnswer:
        """Takes what was not refused and answers it; a decision id that is known gets its first answer."""
        if (known := self.known(id_of(message))) is not None:
            return known.answer
        if isinstance(message, WithdrawInput):
            self.decision = Decision(
                outcome=Outcome.WITHDRAWN,
                decided_by=message.by,
                comment=message.reason,
                decided_at=now.isoformat(),
                decision_id=message.withdrawal_id,
                channel=message.channel,
            )
        else:
            self._count(message, now)
        standing = tally(self.votes)
        answer = DecideAnswer(
            verdict=Verdict.DECIDED if self.decision else Verdict.COUNTED,
            decision_id=id_of(message),
            approvals=standing.approvals,
            rejections=standing.rejections,
            quorum=self.request.policy.quorum,
            decision=self.decision,
        )
        self._answers[answer.decision_id] = Answered(
            decision_id=answer.decision_id, digest=digest_of(message), answer=answer
        )
        return answer

    def time_out(self, now: datetime) -> None:
        """Decides as the policy has it for a request that nobody decided, unless somebody has."""
        if self.decision is None:
            approves = self.request.policy.on_timeout is OnTimeout.APPROVE
            outcome = Outcome.APPROVED if approves else Outcome.REJECTED
            self.decision = Decision(
                outcome=outcome,
                decided_by=TIMEOUT_APPROVER,
                comment="nobody decided in time",
                decided_at=now.isoformat(),
            )

    def close(self, reason: str) -> Decision | None:
        """Ends it all without an outcome; returns the one that came too early to count, if there is one."""
        early, self.decision, self.closed = self.decision, None, reason
        return early

    def vote_of(self, message: DecideInput, at: str) -> Vote:
        """Returns what a decision amounts to as a vote; it is not counted by this."""
        asked = payload_digest(self.request.details)
        digest = asked if message.edited is None else payload_digest(message.edited)
        return Vote(
            decision_id=message.decision_id,
            approver=message.approver.strip(),
            outcome=message.outcome,
            comment=message.comment,
            edited=None if digest == asked else message.edited,  # what nobody changed is not edited
            channel=message.channel,
            at=at,
            payload_digest=digest,
        )

    def _count(self, message: DecideInput, now: datetime) -> None:
        vote = self.vote_of(message, now.isoformat())
        self.votes.append(vote)
        outcome = outcome_of(self.votes, self.request.policy, self.request.requester)
        if outcome is not None:
            self.decision = Decision(
                outcome=outcome,
                decided_by=vote.approver,
                comment=vote.comment,
                decided_at=vote.at,
                decision_id=vote.decision_id,
                channel=vote.channel,
                edited=vote.edited,
            )


def id_of(message: DecideInput | WithdrawInput) -> str:
    """Returns a decision's or a withdrawal's id."""
    return message.decision_id if isinstance(message, DecideInput) else message.withdrawal_id


def digest_of(message: DecideInput | WithdrawInput) -> str:
    """Tells content from content: not the way it came, nor who vouched for it, which a retry may change."""
    if isinstance(message, WithdrawInput):
        return payload_digest({"by": message.by, "reason": message.reason})
    approver, edited = message.approver.strip(), message.edited
    return payload_digest(
        {"approver": approver, "outcome": message.outcome, "comment": message.comment, "edited": edited}
    )

"""One request while it is open: its decisions, its agenda, who is told, and what it carries to a new run."""

import asyncio
from dataclasses import replace
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.messages.approval import ApprovalPhase, ApprovalRequest, ApprovalStatus
    from temporal.messages.carried import Carried
    from temporal.messages.decide import approval_id
    from temporal.messages.decision import Decision
    from temporal.messages.policy import ANYONE, approver_names

from temporal.workflows.approval_agenda import Agenda, Due, text_of
from temporal.workflows.approval_figures import count_decision
from temporal.workflows.approval_listing import ListedRequest
from temporal.workflows.approval_notices import Notices
from temporal.workflows.approval_rules import settled_for, tally, undecided
from temporal.workflows.decision_book import DecisionBook
from temporal.workflows.decision_intake import DecisionIntake


class OpenRequest:
    """What `ApprovalWorkflow` knows of its request; made within the workflow.

    Args:
        request: The request; with the state of an earlier run it is open already.

    Attributes:
        book: Votes and outcome.
        intake: The way of decisions into the book.
        notices: Who is told.
    """

    def __init__(self, request: ApprovalRequest) -> None:
        info = workflow.info()
        carried = request.carried if info.continued_run_id else None  # else it is refused with the request
        key = approval_id(info.workflow_id, info.first_execution_run_id)
        self._request = request
        self._agenda: Agenda | None = None
        self.book = DecisionBook(request, key, *((carried.votes, carried.answers) if carried else ()))
        self.intake = DecisionIntake(self.book, carried)
        self.notices = Notices(request, key)
        self._listed = ListedRequest(self._settled())
        if carried is not None:
            self.book.escalated = carried.escalated
            self._agenda = Agenda(request, datetime.fromisoformat(carried.opened_at), carried)

    @property
    def opened(self) -> bool:
        """Whether the request is validated and decisions count at once."""
        return self._agenda is not None

    def open(self, now: datetime) -> None:
        """Opens a valid request: it can be found, and its approvers are asked unless it is decided early."""
        self._agenda = Agenda(self._request, now)
        settled = self._settled() if self.book.decision is None else []
        self._listed.open(self._request.requester, self._approvers(), settled, self._agenda.deadline)
        if self.book.decision is None:
            self._ask("request", self._approvers())

    def show_votes(self) -> None:
        """Takes the request off the lists of those whose word counts no more; to be called after each vote.

        Before the opening and after the outcome there is nothing to do: the one shows the votes itself, and
        after the other the request waits for nobody.
        """
        if self.opened and self.book.decision is None and not self.book.closed:
            self._listed.settle(self._settled())

    async def decided(self) -> Decision:
        """Waits for the decision, reminding and escalating; returns it.

        Raises:
            ContinueAsNewError: The history has become long, so a new run takes over.
            asyncio.CancelledError: Canceled, and no decision came in the same workflow task.
        """
        if (agenda := self._agenda) is None:
            raise RuntimeError("the request is not open")
        while True:
            due, time = agenda.next or (None, None)
            try:
                await workflow.wait_condition(
                    lambda: self.book.decision is not None or self._rolls_over(),
                    timeout=None if time is None else time - workflow.now(),
                    timeout_summary=due,
                )
            except TimeoutError:
                self._act(agenda, due)
            except asyncio.CancelledError:
                if self.book.decision is None:  # else a decision in the same workflow task came first
                    raise
            if self.book.decision is not None:
                count_decision(self.book.decision, agenda.opened_at)
                return self.book.decision
            if self._rolls_over():
                workflow.continue_as_new(replace(self._request, carried=self._carried(agenda)))

    def _act(self, agenda: Agenda, due: Due | None) -> None:
        if self.book.decision is not None:  # it came in the workflow task of the timer
            return
        if due is Due.DEADLINE:
            self.intake.time_out()
        elif due is Due.ESCALATION:
            before = self._approvers()
            agenda.escalated = self.book.escalated = True
            self._listed.escalate(self._approvers())
            self._ask("escalation", [name for name in self._approvers() if name not in before])
        elif due is Due.REMINDER:
            agenda.remind(workflow.now())
            self._ask("reminder", self._approvers())

    def _ask(self, kind: str, names: list[str]) -> None:
        if names == [ANYONE]:
            return
        recipients = undecided(names, self.book.votes, self._request.policy, self._request.requester)
        self.notices.ask(kind, recipients, text_of(self._agenda.deadline) if self._agenda else None)

    def _approvers(self) -> list[str]:
        return approver_names(self._request.policy, escalated=self.book.escalated)

    def _settled(self) -> list[str]:
        return settled_for(self.book.votes, self._request.policy, self._request.requester)

    def _rolls_over(self) -> bool:
        """Tells whether a new run should take over now: the server wants it and nothing is under way.

        The patch is asked for only then, so that no other history holds its marker. A run that began before
        there was a second run to go to, and has passed this point, stays one run.
        """
        return (
            workflow.info().is_continue_as_new_suggested()
            and workflow.all_handlers_finished()
            and not self.notices.under_way
            and workflow.patched("approval-continues-as-new")
        )

    def _carried(self, agenda: Agenda) -> Carried:
        return Carried(
            opened_at=agenda.opened_at.isoformat(),
            deadline=text_of(agenda.deadline),
            next_reminder=text_of(agenda.next_reminder),
            reminders=agenda.reminders,
            escalated=agenda.escalated,
            votes=self.book.votes,
            answers=self.book.answers,
            signals=self.intake.signals,
            ignored=self.intake.ignored,
            ignored_total=self.intake.ignored_total,
        )

    def status(self, phase: ApprovalPhase, *, detail: str, notified: bool) -> ApprovalStatus:
        """Returns the answer of the query, with what the workflow knows besides."""
        agenda, standing = self._agenda, tally(self.book.votes)
        return ApprovalStatus(
            phase=phase,
            title=self._request.title,
            requester=self._request.requester,
            decision=self.book.decision,
            deadline=text_of(agenda.deadline) if agenda else None,
            ignored=self.intake.ignored,
            ignored_total=self.intake.ignored_total,
            notified=notified,
            detail=detail,
            votes=self.book.votes,
            policy=self._request.policy,
            details=self._request.details,
            approvals=standing.approvals,
            rejections=standing.rejections,
            escalated=self.book.escalated,
            reminders=agenda.reminders if agenda else 0,
            opened_at=text_of(agenda.opened_at) if agenda else None,
            approval_id=self.book.approval_id,
        )

    def waits_for(self) -> str:
        """Returns when it decides itself, in words; empty without a limit."""
        deadline = text_of(self._agenda.deadline) if self._agenda else None
        return f"decides itself at {deadline}" if deadline else ""

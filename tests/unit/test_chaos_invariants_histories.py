"""The invariants that read histories: what each lets pass and what it catches, on small histories."""

from dataclasses import replace

from temporal.chaos.evidence import Fault
from temporal.chaos.invariants import attempts, fault_landed, fencing, on_time, sleeps, terminal
from temporal.chaos.invariants.lateness import lateness
from tests.made_evidence import KILL, ZOMBIE, a_landing, a_run
from tests.made_histories import HandMade


def asleep(woken: float) -> HandMade:
    """A run that sleeps from second 1 to second 6 and is woken later."""
    made = HandMade()
    made.begin(0)
    made.task(0.5)
    made.timer(started=1, asks=5, fired=6)
    made.task(woken)
    made.end(woken + 0.1)
    return made


async def test_a_sleep_may_be_late_by_the_bound_and_no_more() -> None:
    kill = a_landing(3)
    assert await sleeps.check(a_run(asleep(woken=7), landed=[kill], bound=1)) == []
    [breach] = await sleeps.check(a_run(asleep(woken=7.5), landed=[kill], bound=1))
    assert "1.500 s late" in breach
    assert await sleeps.check(a_run(asleep(woken=7.5), bound=1)) == []  # no fault, no bound


async def test_any_timer_that_fires_early_is_caught() -> None:
    made = HandMade()
    made.timer(started=1, asks=5, fired=5.5)
    assert await sleeps.check(a_run(made)) == ["sleep: lasted 4.500 s, asked for 5 s"]
    assert not sleeps.applies(a_run(HandMade()))


async def test_what_a_kill_held_up_is_due_at_the_kill() -> None:
    made = HandMade()
    made.begin(0)
    made.activity("step", began=9, scheduled_at=1, attempt=2)
    made.task(9.5)
    run = a_run(made, landed=[a_landing(3)], bound=5)
    assert lateness(run) == {"mid-sleep": [6.5]}  # the start, which no living worker had taken up
    assert sorted(await on_time.check(run)) == [
        "retry of step of w: 6.000 s late, bound 5 s",
        "start of w: 6.500 s late, bound 5 s",
    ]
    assert await on_time.check(replace(run, late_bound_seconds=7)) == []


async def test_while_a_fault_lasts_nothing_is_due() -> None:
    made = HandMade()
    made.begin(0)
    made.task(0.5)
    made.signal("deliver", 4)
    made.task(9)
    outage = a_landing(3, fault=Fault(fault="network-cut", point="waiting"), healed=8)
    assert lateness(a_run(made, landed=[outage])) == {"waiting": [1.0]}


def test_each_step_counts_for_the_fault_before_it() -> None:
    made = HandMade()
    made.begin(0)
    made.task(0)
    for due, began in ((3, 4), (13, 15)):
        made.signal("deliver", due)
        made.task(began)
    landed = [a_landing(12, fault=Fault(fault="kill-worker", point="later")), a_landing(2)]
    assert lateness(a_run(made, landed=landed)) == {"mid-sleep": [1.0], "later": [2.0]}


async def test_an_activity_may_have_one_more_attempt_for_each_kill_that_met_it() -> None:
    made = HandMade()
    made.activity("step", began=9, scheduled_at=1, attempt=3)
    met, missed = a_landing(3), a_landing(20)
    assert await attempts.check(a_run(made, landed=[met, met])) == []
    [breach] = await attempts.check(a_run(made, landed=[met, missed]))
    assert "took 3, at most 2 for 1 faults" in breach
    assert await attempts.check(a_run(made, landed=[a_landing(3, healed=5)])) == []
    assert not attempts.applies(a_run(HandMade()))


async def test_a_kill_meets_an_activity_until_its_own_end_though_other_starts_stand_between() -> None:
    made = HandMade()
    made.activities_together("step", attempts=(2, 1), began=1, ended=3)
    assert await attempts.check(a_run(made, landed=[a_landing(2)])) == []
    assert len(await attempts.check(a_run(made, landed=[a_landing(4)]))) == 1


async def test_a_foreign_activity_may_fail_by_itself() -> None:
    made = HandMade()
    made.activity("step", began=9, scheduled_at=1, attempt=3, failed_with="ValueError")
    assert await attempts.check(a_run(made)) == []
    died = HandMade()
    died.activity("step", began=9, scheduled_at=1, attempt=3, failed_with="WorkerDied")
    assert len(await attempts.check(a_run(died))) == 1


async def test_a_zombie_that_completes_what_another_has_begun_is_caught() -> None:
    stopped = a_landing(3, 17, fault=ZOMBIE, healed=6)
    made = HandMade()
    made.activity("step", began=5, attempt=2, taken_by="18@host", by="17@host")
    [breach] = await fencing.check(a_run(made, landed=[stopped]))
    assert breach == "zombie: 17@host completed attempt 2, which 18@host had begun"
    own = HandMade()
    own.activity("step", began=7, taken_by="17@host", by="17@host")
    assert await fencing.check(a_run(own, landed=[stopped])) == []
    assert not fencing.applies(a_run(made))


async def test_an_accepted_late_completion_is_caught_and_a_refused_one_is_not() -> None:
    run = a_run(HandMade())
    run.fenced = ["refused: NOT_FOUND", "accepted: attempt 1 of step"]
    assert await fencing.check(run) == ["zombie: accepted: attempt 1 of step"]


async def test_a_fault_that_did_not_land_or_hit_nothing_is_caught() -> None:
    run = a_run(asleep(woken=6), landed=[a_landing(3)])
    assert await fault_landed.check(run) == []
    assert await fault_landed.check(replace(run, planned=[KILL, KILL])) == [
        "fault: kill-worker at mid-sleep landed 1 times, meant 2"
    ]
    [breach] = await fault_landed.check(a_run(asleep(woken=6), landed=[a_landing(30)]))
    assert "interrupted nothing" in breach


async def test_a_process_that_goes_on_after_its_kill_is_caught() -> None:
    made = HandMade()
    made.task(5, by="worker@host/17-abc")
    made.task(9, by="18@host")
    [breach] = await fault_landed.check(a_run(made, landed=[a_landing(3, 17)]))
    assert breach == "fault: worker worker@host/17-abc went on after its kill"
    assert await fault_landed.check(a_run(made, landed=[a_landing(3, 17, healed=4)])) == []


async def test_an_open_or_missing_workflow_and_a_history_with_a_gap_are_caught() -> None:
    sound = a_run(asleep(woken=6))
    assert await terminal.check(sound) == []
    [ending] = sound.endings
    assert await terminal.check(replace(sound, endings=[replace(ending, status="RUNNING")])) == [
        "workflow w: acknowledged, but not ended: RUNNING"
    ]
    assert await terminal.check(replace(sound, endings=[])) == ["workflow w: acknowledged, but not found"]
    assert await terminal.check(replace(sound, started=[])) == ["workflow: none was started"]
    gap = asleep(woken=6)
    gap.lose(2)
    assert await terminal.check(a_run(gap)) == ["workflow w: event 3 is missing from its history"]
    open_run = HandMade()
    open_run.begin(0)
    assert await terminal.check(a_run(open_run)) == ["workflow w: a run of a chain that has ended is open"]

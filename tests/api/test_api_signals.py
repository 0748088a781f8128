from temporal.chaos.observation import until
from temporal.messages.durable_demo import DurableDemoInput
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.api.api_client import Api, asked, assert_problem, name, opened

pytest_plugins = ["tests.api.api_fixtures"]


async def test_an_operator_signals_a_workflow_that_is_no_approval(api: Api) -> None:
    operator = await api.caller(name("olga"), roles=["operator"])
    demo = await api.context.temporal.client.start_workflow(
        DurableDemoWorkflow.run,
        DurableDemoInput(sleep_seconds=3600),
        id=name("demo"),
        task_queue=api.target.task_queue,
    )

    answer = await operator.post(f"/workflows/{demo.id}/signals/poke", json={"payload": {"speed": 2}})

    assert answer.json() == {"workflow_id": demo.id, "run_id": demo.result_run_id, "signal": "poke"}
    signals: list[tuple[str, bytes]] = []

    async def arrived() -> bool:  # the server keeps it back while a workflow task is under way
        signals[:] = [
            (said.signal_name, said.input.payloads[0].data)
            for event in (await demo.fetch_history()).events
            if event.HasField("workflow_execution_signaled_event_attributes")
            for said in [event.workflow_execution_signaled_event_attributes]
        ]
        return bool(signals)

    await until("the signal is in the history", arrived)
    assert signals == [("poke", b'{"speed":2}')]
    await demo.terminate()
    ended = await operator.post(f"/workflows/{demo.id}/signals/poke", json={})
    assert_problem(ended, 410, "gone")


async def test_nobody_forges_an_approver_by_a_signal(api: Api) -> None:
    ana = await api.caller(name("ana"))
    operator = await api.caller(name("olga"), roles=["operator", "admin"])
    approval = await asked(ana)
    await opened(ana, approval)

    answer = await operator.post(
        f"/workflows/{approval}/signals/approve", json={"payload": {"approver": "bob"}}
    )

    assert_problem(answer, 403, "not-allowed")
    shown = (await ana.get(f"/approvals/{approval}")).json()
    assert (shown["votes"], shown["decision"]) == ([], None)


async def test_a_bare_signal_past_the_api_does_not_decide(api: Api) -> None:
    ana = await api.caller(name("ana"))
    approval = await asked(ana)

    await api.workflow(approval).signal("approve", {"approver": "bob", "comment": "mine"})

    await opened(ana, approval)
    assert (await ana.get(f"/approvals/{approval}")).json()["decision"] is None


async def test_signals_take_the_role_and_a_workflow(api: Api) -> None:
    ana = await api.caller(name("ana"), roles=["admin"])
    operator = await api.caller(name("olga"), roles=["operator"])

    assert_problem(await ana.post("/workflows/x/signals/poke", json={}), 403, "not-allowed")
    assert_problem(await operator.post(f"/workflows/{name()}/signals/poke", json={}), 404, "not-found")
    reserved = await operator.post("/workflows/x/signals/__temporal_x", json={})
    assert_problem(reserved, 422, "invalid")

"""The API under measurement, and who calls it."""

from datetime import UTC, datetime

import httpx

from services.api.identity import SESSION_COOKIE
from services.api.settings import ApiSettings
from services.token import make_token
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget

GROUP = "finance"


class Office:
    """The API under measurement, and who calls it."""

    def __init__(self, target: EmbeddedTarget, url: str) -> None:
        self.target = target
        self.url = url

    def caller(self, subject: str) -> httpx.AsyncClient:
        """Returns a client whose token is the subject's; also as the page's session."""
        api = ApiSettings(data_dir=self.target.folder)
        token = make_token(api, subject, [GROUP], [], 36_000)
        return httpx.AsyncClient(
            base_url=self.url,
            timeout=60,
            headers={"Authorization": f"Bearer {token}"},
            cookies={SESSION_COOKIE: token},
        )

    async def ask(self, ana: httpx.AsyncClient, *, opened: bool = True) -> str:
        """Makes a request and returns its id once it can be decided."""
        body = {"title": "Pay invoice 4711", "policy": {"groups": [GROUP]}}
        approval: str = (await ana.post("/approvals", json=body)).raise_for_status().json()["id"]

        async def is_open() -> bool:
            return bool((await ana.get(f"/approvals/{approval}")).json()["opened_at"])

        if opened:
            await until(f"{approval} is open", is_open)
        return approval

    async def recorded_at(self, approval: str) -> datetime:
        """Returns when the server heard that the outcome is recorded."""
        handle = self.target.client.get_workflow_handle(approval)
        await handle.result()
        events = (await handle.fetch_history()).events
        [scheduled] = [
            event.event_id
            for event in events
            if event.activity_task_scheduled_event_attributes.activity_type.name == "record_decision"
        ]
        [done] = [
            event.event_time.ToDatetime(UTC)
            for event in events
            if event.activity_task_completed_event_attributes.scheduled_event_id == scheduled
        ]
        return done

"""The API as a process of its own, to be killed."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from services.api.settings import ApiSettings
from services.token import make_token
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports, worker_environment


class ApiProcess:
    """`python -m services.signal_api` on a free port, over a target.

    Args:
        target: The engine, store and workers behind it.
        environment: Variables that it gets besides.

    Attributes:
        url: Where it answers.
    """

    def __init__(self, target: EmbeddedTarget, environment: Mapping[str, str] | None = None) -> None:
        [port] = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        self._target = target
        self._environment = {
            **worker_environment(target.engine.address, target.folder),
            "TASK_QUEUE": target.task_queue,
            "API_PORT": str(port),
            "API_DEADLINE_SECONDS": "60",
            "API_RATE_LIMIT": "1000000",
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Starts it and waits until it is ready."""
        self._process = self._spawn()
        async with self.anybody() as client:

            async def ready() -> bool:
                try:
                    return (await client.get("/ready")).status_code == 200
                except httpx.TransportError:
                    return False

            await until("the API's process is ready", ready)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        with (self._target.folder / "api.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "services.signal_api"],
                cwd=self._target.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """SIGKILLs it and waits for its end."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def terminate(self) -> None:
        """Sends SIGTERM."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    async def ended(self) -> int:
        """Waits for its end and returns the exit code."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait)

    def anybody(self) -> httpx.AsyncClient:
        """Returns a client without a token."""
        return httpx.AsyncClient(base_url=self.url, timeout=60)

    def caller(
        self, subject: str, roles: list[str] | None = None, groups: list[str] | None = None
    ) -> httpx.AsyncClient:
        """Returns a client with a token of the local secret."""
        token = make_token(
            ApiSettings(data_dir=self._target.folder), subject, groups or [], roles or [], 36_000
        )
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.AsyncClient(base_url=self.url, timeout=60, headers=headers)


@asynccontextmanager
async def api_process(
    target: EmbeddedTarget, environment: Mapping[str, str] | None = None
) -> AsyncIterator[ApiProcess]:
    """Runs an API's process that is ready, and leaves none behind."""
    process = ApiProcess(target, environment)
    try:
        await process.start()
        yield process
    finally:
        process.kill()

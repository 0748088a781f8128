"""The programs: the token, the server's own errors, everything on one machine."""

import asyncio
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import jwt
import psutil
import pytest

from services.api.settings import ApiSettings, load_service_settings
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports, worker_environment
from temporal.config import ConfigError
from tests.api.api_client import asked, assert_problem, decided, name, running_api
from tests.integration.processes import gone
from tests.integration.programs import run_module

pytest_plugins = ["tests.api.api_fixtures"]


def environment(folder: Path, **variables: str) -> dict[str, str]:
    return {**worker_environment("127.0.0.1:9", folder), **variables}


def test_the_token_program_prints_a_token_that_the_api_takes(tmp_path: Path) -> None:
    arguments = ("--subject", "ana", "--group", "finance", "--role", "auditor", "--hours", "1")

    ended = run_module("services.token", *arguments, environment=environment(tmp_path), folder=tmp_path)

    secret = (tmp_path / "api" / "token_key").read_bytes().strip()
    api = ApiSettings()
    claims = jwt.decode(
        ended.output.strip(), secret, ["HS256"], audience=api.token_audience, issuer=api.token_issuer
    )
    assert ended.exit_code == 0
    assert (claims["sub"], claims["groups"], claims["roles"]) == ("ana", ["finance"], ["auditor"])
    assert claims["exp"] - claims["iat"] == 3600


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("--subject", "timeout"), {}),
        (("--subject", "group:x"), {}),
        (("--role", "king"), {}),
        ((), {"API_JWKS_URL": "https://id.example/keys"}),
        ((), {"API_TOKEN_KEY_FILE": "missing"}),
        ((), {"API_PORT": "0"}),
    ],
    ids=str,
)
def test_a_token_that_cannot_be_made_is_wrong_usage(
    tmp_path: Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    ended = run_module(
        "services.token", *arguments, environment=environment(tmp_path, **variables), folder=tmp_path
    )

    assert (ended.exit_code, ended.output) == (2, "")
    assert ended.errors[-1].startswith("error: ")


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run_module(
            "services.signal_api", environment=environment(tmp_path, API_PORT=port), folder=tmp_path
        )

    assert ended.exit_code == 1
    assert "API_PORT" in ended.one_error()


def test_every_wrong_setting_is_named_at_once() -> None:
    wrong = {"API_PORT": "x", "API_RATE_LIMIT": "0", "API_PUBLIC_URL": "ftp://x", "TASK_QUEUE": "a b"}

    with pytest.raises(ConfigError) as refused:
        load_service_settings(wrong, Path("no-such-file"))

    assert {problem.partition("=")[0] for problem in refused.value.problems} == wrong.keys()


async def test_without_a_worker_a_decision_may_be_sent_again(
    target: EmbeddedTarget,
) -> None:
    who = name("bob")
    async with running_api(target, deadline=0.5) as api:
        ana, bob = await api.caller(name("ana")), await api.caller(who)
        approval = await asked(ana)
        away = await decided(bob, approval, key="once")
        shown = await ana.get(f"/approvals/{approval}")

    assert_problem(away, 503, "unavailable")
    assert int(away.headers["retry-after"]) > 0
    assert_problem(shown, 503, "unavailable")
    await target.start_worker()
    async with running_api(target) as api:
        again = await decided(await api.caller(who), approval, key="once")
    assert again.json()["decision"]["decided_by"] == who


async def test_everything_on_one_machine_starts_decides_and_ends(tmp_path: Path) -> None:
    port, ui_port, api_port = free_ports(3)
    variables = environment(
        tmp_path,
        TEMPORAL_ADDRESS=f"127.0.0.1:{port}",
        ENGINE_PORT=str(port),
        ENGINE_UI_PORT=str(ui_port),
        API_PORT=str(api_port),
    )
    command = [sys.executable, "-m", "services.local"]
    with (tmp_path / "local.log").open("wb") as log:
        local = await asyncio.create_subprocess_exec(
            *command, cwd=tmp_path, env=variables, stdout=log, stderr=subprocess.STDOUT
        )
    family = [psutil.Process(local.pid)]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{api_port}", timeout=60) as client:

            async def ready() -> bool:
                assert local.returncode is None
                try:
                    return (await client.get("/ready")).status_code == 200
                except httpx.TransportError:
                    return False

            await until("everything is ready", ready)
            token = run_module("services.token", environment=variables, folder=tmp_path).output.strip()
            client.headers["Authorization"] = f"Bearer {token}"
            answer = await decided(client, await asked(client))
        family += family[0].children(recursive=True)
        local.send_signal(signal.SIGTERM)

        assert answer.json()["verdict"] == "decided"
        assert await local.wait() == 0
        await gone(family)
    finally:
        for process in family:
            if process.is_running():
                process.kill()

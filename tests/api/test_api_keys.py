import base64
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from wsgiref.simple_server import make_server

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from services.api import jwks
from services.api.jwks import PublishedKeys
from services.api.problems import Problem
from services.api.settings import ApiSettings
from services.api.signing_keys import load_signing_keys
from services.api.verification_key import LEAST_RSA_BITS
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.command_line import USAGE, CommandError
from tests.api.api_client import asked, assert_problem, decided, ended, name, running_api

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

pytest_plugins = ["tests.api.api_fixtures"]


def key_line(key_id: str) -> str:
    return f"{key_id} {base64.b64encode(secrets.token_bytes(32)).decode()}\n"


async def test_a_key_is_changed_while_requests_wait(api_target: EmbeddedTarget, tmp_path: Path) -> None:
    old, new, file = key_line("old"), key_line("new"), tmp_path / "keys"
    subject, approver = name("ana"), name("bob")
    file.write_text(old)
    async with running_api(api_target, signing_keys_file=file) as api:
        waits = await asked(await api.caller(subject))
        later = await asked(await api.caller(subject))

    file.write_text(f"# changed\n{new}{old}")
    async with running_api(api_target, signing_keys_file=file) as api:
        bob = await api.caller(approver)
        fresh = await asked(await api.caller(subject))
        named = (await bob.get(f"/approvals/{fresh}")).json()

        assert (await decided(bob, waits)).status_code == 200
        assert (await decided(bob, fresh)).status_code == 200
        assert (await ended(api, fresh)).decision.decided_by == approver
        assert named["policy"]["trust"] == "authenticated"

    file.write_text(new)
    async with running_api(api_target, signing_keys_file=file) as api:
        assert_problem(await decided(await api.caller(approver), later), 503, "unavailable")

    file.write_text(key_line("old"))  # of the same name, and another key
    async with running_api(api_target, signing_keys_file=file) as api:
        assert_problem(await decided(await api.caller(approver), later), 503, "unavailable")


@pytest.mark.parametrize("content", ["", "# nothing\n", "one\n", "one AAAA\n", "a b c\n", "ä AAAA\n"])
def test_a_file_of_keys_that_cannot_be_used_is_wrong_usage(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys"
    file.write_text(content)

    with pytest.raises(CommandError) as refused:
        load_signing_keys(ApiSettings(signing_keys_file=file))
    assert refused.value.exit_code == USAGE
    with pytest.raises(CommandError):
        load_signing_keys(ApiSettings(signing_keys_file=tmp_path / "missing"))


class Provider:
    """An identity provider's keys, served on 127.0.0.1, and how often they were asked for."""

    def __init__(self) -> None:
        self.keys: list[dict[str, object]] = []
        self.fetched = 0
        self.url = ""

    def publish(self, key_id: str, key: RSAPrivateKey) -> None:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self.keys.append({**public, "kid": key_id, "use": "sig"})


@contextmanager
def provider() -> Iterator[Provider]:
    served = Provider()

    def answer(_: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        served.fetched += 1
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"keys": served.keys}).encode()]

    with make_server("127.0.0.1", 0, answer) as server:
        served.url = f"http://127.0.0.1:{server.server_port}/keys"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


async def test_published_keys_are_fetched_once_and_not_for_every_made_up_key_id() -> None:
    with provider() as served:
        served.publish("1", generate_private_key(65537, 2048))
        keys = PublishedKeys(served.url)

        assert (await keys.key("1")) is not None
        assert [await keys.key(f"made-up-{number}") for number in range(20)] == [None] * 20
        assert served.fetched == 1


async def test_a_new_key_of_the_provider_is_found_and_an_old_one_outlives_an_outage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jwks, "PAUSE_SECONDS", 0.0)
    with provider() as served:
        served.publish("1", generate_private_key(65537, 2048))
        keys = PublishedKeys(served.url)
        assert await keys.key("2") is None
        served.publish("2", generate_private_key(65537, 2048))
        found = await keys.key("2")

    assert found is not None
    assert found.algorithm == "RS256"
    assert await keys.key("1") is not None
    assert await keys.key("3") is None


async def test_a_published_secret_or_a_weak_key_is_no_key() -> None:
    with provider() as served:
        served.keys.append({"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "1"})
        served.publish("2", generate_private_key(65537, LEAST_RSA_BITS // 2))
        served.publish("3", generate_private_key(65537, 2048))
        keys = PublishedKeys(served.url)

        assert [await keys.key(key_id) for key_id in ("1", "2")] == [None, None]
        assert await keys.key(None) == await keys.key("3")


async def test_without_the_providers_keys_nobody_is_judged() -> None:
    with pytest.raises(Problem) as refused:
        await PublishedKeys("http://127.0.0.1:9/keys").key("1")
    assert refused.value.status == 503

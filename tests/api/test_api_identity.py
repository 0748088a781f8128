import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.api.local_keys import secret_of
from services.api.problems import Problem
from services.api.settings import ApiSettings
from services.api.tokens import KEY_FILE, LEEWAY_SECONDS, TokenCheck, load_token_check
from tests.api.plain_app import App, assert_refused, claims_of, plain_app

pytest_plugins = ["tests.api.plain_fixtures"]

Forge = Callable[[ApiSettings, dict[str, Any]], str]


def secret(api: ApiSettings) -> bytes:
    return secret_of(None, "", api.keys_dir / KEY_FILE)


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


FORGERIES: dict[str, Forge] = {
    "another-secret": lambda api, claims: jwt.encode(claims, "x" * 64, "HS256"),
    "no-algorithm": lambda api, claims: jwt.encode(claims, "", "none"),
    "no-signature": lambda api, claims: jwt.encode(claims, secret(api), "HS256").rpartition(".")[0] + ".",
    "none-in-capitals": lambda api, claims: f"{encoded({'alg': 'NONE', 'typ': 'JWT'})}.{encoded(claims)}.",
    "another-algorithm": lambda api, claims: jwt.encode(claims, secret(api) * 2, "HS512"),
    "expired": lambda api, claims: jwt.encode(
        claims | {"exp": int(time.time()) - LEEWAY_SECONDS - 1}, secret(api), "HS256"
    ),
    "not-yet": lambda api, claims: jwt.encode(
        claims | {"nbf": int(time.time()) + 3600}, secret(api), "HS256"
    ),
    "for-ever": lambda api, claims: jwt.encode(without(claims, "exp"), secret(api), "HS256"),
    "of-nobody": lambda api, claims: jwt.encode(without(claims, "sub"), secret(api), "HS256"),
    "of-another-issuer": lambda api, claims: jwt.encode(claims | {"iss": "mallory"}, secret(api), "HS256"),
    "for-another-audience": lambda api, claims: jwt.encode(claims | {"aud": "other"}, secret(api), "HS256"),
    "of-a-group": lambda api, claims: jwt.encode(claims | {"sub": "group:finance"}, secret(api), "HS256"),
    "of-anyone": lambda api, claims: jwt.encode(claims | {"sub": "Anyone"}, secret(api), "HS256"),
    "of-the-timeout": lambda api, claims: jwt.encode(claims | {"sub": "timeout"}, secret(api), "HS256"),
    "with-a-line-break": lambda api, claims: jwt.encode(claims | {"sub": "ana\nbob"}, secret(api), "HS256"),
    "with-groups-as-text": lambda api, claims: jwt.encode(claims | {"groups": "all"}, secret(api), "HS256"),
    "of-another-type": lambda api, claims: jwt.encode(
        claims, secret(api), "HS256", headers={"typ": "link+jwt"}
    ),
    "no-token-at-all": lambda api, claims: "x.y.z",
    "empty": lambda api, claims: "",
    "huge": lambda api, claims: jwt.encode(claims | {"x": "y" * 20_000}, secret(api), "HS256"),
    "key-in-the-header": lambda api, claims: jwt.encode(
        claims, "y" * 64, "HS256", headers={"jwk": {"kty": "oct", "k": encoded("y" * 64)}, "kid": "../../key"}
    ),
}


def without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in claims.items() if key != name}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
async def test_a_forged_token_says_nothing_about_who_asks(app: App, forge: Forge) -> None:
    token = forge(app.settings.api, claims_of(app.settings.api, "ana"))

    answer = await app.client.get("/approvals", headers={"Authorization": f"Bearer {token}"})

    assert_refused(answer)


@pytest.mark.parametrize("value", ["", "Basic YW5hOmFuYQ==", "Bearer", "bearer  ", "Token x"])
async def test_without_a_bearer_token_nobody_gets_in(app: App, value: str) -> None:
    assert_refused(await app.client.get("/approvals", headers={"Authorization": value} if value else {}))


async def test_the_pages_cookie_does_not_open_the_api(app: App) -> None:
    token = jwt.encode(claims_of(app.settings.api, "ana"), secret(app.settings.api), "HS256")

    answer = await app.client.post("/approvals", json={"title": "T"}, headers={"Cookie": f"session={token}"})

    assert_refused(answer)


async def accepted(check: TokenCheck, token: str) -> bool:
    try:
        await check.claims(token)
    except Problem as problem:
        return problem.status != 401
    return True


async def test_a_public_key_is_no_secret_and_no_other_algorithms_key(app: App) -> None:
    private = generate_private_key(65537, 2048)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    file = app.settings.api.data_dir / "public.pem"
    file.write_bytes(pem)
    check = load_token_check(ApiSettings(token_key_file=file, data_dir=app.settings.api.data_dir))
    claims = claims_of(app.settings.api, "ana")

    confused = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims)}"
    by_hand = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = base64.urlsafe_b64encode(by_hand.sign(confused.encode(), pem)).rstrip(b"=").decode()

    assert await accepted(check, jwt.encode(claims, private, "RS256"))
    assert not await accepted(check, f"{confused}.{signature}")
    assert not await accepted(check, jwt.encode(claims, private, "PS256"))
    assert not await accepted(check, jwt.encode(claims, generate_private_key(65537, 2048), "RS256"))
    assert not await accepted(check, jwt.encode(claims, secret(app.settings.api), "HS256"))


async def test_an_ed25519_key_can_be_what_tokens_are_checked_with(app: App) -> None:
    private = Ed25519PrivateKey.generate()
    file = app.settings.api.data_dir / "public.pem"
    file.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    check = load_token_check(ApiSettings(token_key_file=file, data_dir=app.settings.api.data_dir))

    assert await accepted(check, jwt.encode(claims_of(app.settings.api, "ana"), private, "EdDSA"))


def test_the_local_secret_is_closed_to_others_and_made_once(app: App) -> None:
    file = app.settings.api.keys_dir / KEY_FILE

    assert file.stat().st_mode & 0o777 == 0o600
    assert secret(app.settings.api) == file.read_bytes().strip()


async def test_a_limited_caller_is_told_when_to_come_back(tmp_path: Any) -> None:
    async with plain_app(tmp_path, rate_limit=3) as app:
        token = jwt.encode(claims_of(app.settings.api, "ana"), secret(app.settings.api), "HS256")
        headers = {"Authorization": f"Bearer {token}"}
        statuses = [(await app.client.get("/approvals", headers=headers)).status_code for _ in range(3)]

        limited: httpx.Response = await app.client.get("/approvals", headers=headers)
        other = jwt.encode(claims_of(app.settings.api, "bob"), secret(app.settings.api), "HS256")
        others = await app.client.get("/approvals", headers={"Authorization": f"Bearer {other}"})

    assert statuses == [503] * 3  # nobody is there to ask, but they were let through
    assert limited.status_code == 429
    assert 1 <= int(limited.headers["retry-after"]) <= 60
    assert others.status_code == 503


async def test_guessing_tokens_is_limited_too(tmp_path: Any) -> None:
    async with plain_app(tmp_path, rate_limit=3) as app:
        guess = {"Authorization": "Bearer x.y.z"}
        statuses = [(await app.client.get("/approvals", headers=guess)).status_code for _ in range(5)]

    assert statuses == [401] * 3 + [429] * 2

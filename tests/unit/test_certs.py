"""`python -m temporal.certs`: what it makes, for whom, and what it makes again."""

import json
import stat
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from jwt import PyJWK

from temporal.certs.folder import AUTHORITY_FOLDER, KEY_SET, Folder
from temporal.certs.plan import AUTHORITIES, CERTIFICATES, ROLES, TRUSTED, Certificate
from tests.integration.programs import run_module

DAYS = 100.0
SECRETS = ("*.key", "token")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "certs", "default", DAYS, 30)
    made.fill()
    return made


def certificate(folder: Folder, file: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder.path / f"{file}.crt").read_bytes())


def contents(folder: Folder) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder.path)): file.read_bytes()
        for file in folder.path.rglob("*")
        if file.is_file()
    }


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_keys_and_tokens_are_for_their_owner_alone(folder: Folder) -> None:
    secret = [file for pattern in SECRETS for file in folder.path.rglob(pattern)]
    folders = [folder.path, *(file for file in folder.path.iterdir() if file.is_dir())]

    assert len(secret) == len(AUTHORITIES) + 1 + len(CERTIFICATES) + len(ROLES)
    assert {stat.S_IMODE(file.stat().st_mode) for file in secret} == {0o600}
    assert {stat.S_IMODE(each.stat().st_mode) for each in folders} == {0o700}


def test_no_part_that_is_given_away_holds_an_authoritys_key(folder: Folder) -> None:
    authorities = {file.read_bytes() for file in (folder.path / AUTHORITY_FOLDER).glob("*.key")}
    given = {content for name, content in contents(folder).items() if not name.startswith(AUTHORITY_FOLDER)}

    assert authorities.isdisjoint(given)


@pytest.mark.parametrize("plan", CERTIFICATES, ids=[each.file for each in CERTIFICATES])
def test_a_certificate_is_good_for_its_own_purpose_only(folder: Folder, plan: Certificate) -> None:
    made = certificate(folder, plan.file)
    purposes = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    made.verify_directly_issued_by(certificate(folder, f"{AUTHORITY_FOLDER}/{plan.authority}"))
    for other in set(AUTHORITIES) - {plan.authority}:
        with pytest.raises(ValueError, match="does not match"):
            made.verify_directly_issued_by(certificate(folder, f"{AUTHORITY_FOLDER}/{other}"))
    assert (ExtendedKeyUsageOID.SERVER_AUTH in purposes) == plan.serves
    assert (ExtendedKeyUsageOID.CLIENT_AUTH in purposes) == plan.calls
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_token_says_what_its_role_may_and_the_key_set_confirms_it(folder: Folder) -> None:
    [key] = json.loads((folder.path / KEY_SET).read_text())["keys"]
    said = {
        role.name: jwt.decode((folder.path / role.name / "token").read_text(), PyJWK(key), ["ES256"])[
            "permissions"
        ]
        for role in ROLES
    }

    assert said == {
        "reader": ["temporal-system:read"],
        "worker": ["default:write"],
        "starter": ["default:write"],
        "admin": ["temporal-system:admin"],
    }
    assert "d" not in key


def test_a_second_run_makes_nothing(folder: Folder) -> None:
    before = contents(folder)

    assert folder.fill() == []
    assert contents(folder) == before


def test_what_ends_soon_is_made_anew_by_the_same_authorities(folder: Folder) -> None:
    before = contents(folder)

    Folder(folder.path, "default", DAYS, DAYS + 1).fill()

    now = changed(before, contents(folder))
    assert {name for name in now if name.startswith(AUTHORITY_FOLDER)} == set()
    assert now == {
        *(f"{each.file}.crt" for each in CERTIFICATES),
        *(f"{each.file}.key" for each in CERTIFICATES),
        *(f"{role.name}/token" for role in ROLES),
    }


def test_a_lost_certificate_is_made_again_and_nothing_else(folder: Folder) -> None:
    (folder.path / "worker" / "client.key").unlink()

    assert folder.fill() == ["worker/client.crt"]


def test_a_new_authority_signs_all_of_its_own_again(folder: Folder) -> None:
    before = contents(folder)
    (folder.path / AUTHORITY_FOLDER / "clients.key").unlink()

    made = folder.fill()

    signed = [f"{each.file}.crt" for each in CERTIFICATES if each.authority == "clients"]
    assert made == [f"{AUTHORITY_FOLDER}/clients.crt", *signed]
    trusting = {name for name, authority in TRUSTED.items() if authority == "clients"}
    assert changed(before, contents(folder)) >= trusting


def test_another_namespace_makes_the_tokens_that_name_one_anew(folder: Folder) -> None:
    assert Folder(folder.path, "other", DAYS, 30).fill() == ["worker/token", "starter/token"]


def test_the_command_says_what_it_made_and_shows_no_secret(tmp_path: Path) -> None:
    ended = run_module("temporal.certs", "certs", environment={}, folder=tmp_path)
    secrets = [file.read_text() for pattern in SECRETS for file in (tmp_path / "certs").rglob(pattern)]

    assert ended.exit_code == 0
    assert "16 made" in ended.output
    assert [secret for secret in secrets if secret in ended.output] == []


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--namespace", "no name"], 2, "--namespace 'no name': allowed: up to 200 letters"),
        (["--days", "9999"], 2, "--days"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, arguments: list[str], code: int, told: str) -> None:
    ended = run_module("temporal.certs", "certs", *arguments, environment={}, folder=tmp_path)

    assert ended.exit_code == code
    assert told in ended.one_error()
    assert not (tmp_path / "certs").exists()


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "certs" / "worker" / "client.crt"
    run_module("temporal.certs", "certs", environment={}, folder=tmp_path)
    broken.write_text("nonsense")

    ended = run_module("temporal.certs", "certs", environment={}, folder=tmp_path)

    assert ended.exit_code == 1
    assert "worker/client.crt: allowed: a certificate; remove it" in ended.one_error()

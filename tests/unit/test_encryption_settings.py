"""Keys from a file or a variable: which one encrypts, what is refused, and that no key is ever shown."""

import base64
from pathlib import Path

import pytest

from temporal.config import ConfigError, load_settings
from temporal.encryption.key_file import new_key
from temporal.encryption_settings import key_line

pytest_plugins = ["tests.no_profile"]
pytestmark = pytest.mark.usefixtures("no_profile_of_the_user")

NO_FILE = Path("no-such-folder/.env")
OLD, NEW = new_key("old"), new_key("new")
SECRETS = [base64.b64encode(key.secret).decode() for key in (OLD, NEW)]


def problems_of(variables: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_settings(variables, NO_FILE)
    assert not any(secret in str(raised.value) for secret in SECRETS)
    return raised.value.problems


def written(folder: Path, text: str) -> str:
    file = folder / "keys"
    file.write_text(text)
    return str(file)


def test_without_a_key_encryption_is_off() -> None:
    settings = load_settings({}, NO_FILE)
    assert settings.encryption.keyring is settings.connection.keyring is None
    assert settings.encryption.environment() == {}


def test_a_file_turns_it_on_and_its_first_key_encrypts(tmp_path: Path) -> None:
    file = written(tmp_path, f"# a comment\n\n{key_line(NEW)}\n {key_line(OLD)} \n")
    settings = load_settings({"ENCRYPTION_KEY_FILE": file}, NO_FILE)
    keyring = settings.encryption.keyring
    assert keyring is not None
    assert (keyring.current, keyring.find("old"), keyring.find("other")) == (NEW, OLD, None)
    assert settings.connection.keyring == keyring


def test_a_variable_turns_it_on_as_well() -> None:
    variables = {"ENCRYPTION_KEYS": f"{key_line(NEW)},{key_line(OLD)}"}
    keyring = load_settings(variables, NO_FILE).encryption.keyring
    assert keyring is not None
    assert keyring.keys == (NEW, OLD)


def test_the_same_keys_can_be_given_to_another_process_in_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, key_line(NEW))
    monkeypatch.chdir(tmp_path)
    for variables in ({"ENCRYPTION_KEY_FILE": "keys"}, {"ENCRYPTION_KEYS": key_line(NEW)}):
        settings = load_settings(variables, NO_FILE)
        (tmp_path / "elsewhere").mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / "elsewhere")
        other = load_settings(settings.encryption.environment(), NO_FILE)
        monkeypatch.chdir(tmp_path)
        assert other.encryption.keyring == settings.encryption.keyring


def test_no_repr_shows_a_key(tmp_path: Path) -> None:
    file = written(tmp_path, key_line(NEW))
    for variables in ({"ENCRYPTION_KEY_FILE": file}, {"ENCRYPTION_KEYS": key_line(NEW)}):
        shown = repr(load_settings(variables, NO_FILE))
        assert SECRETS[1] not in shown
        assert repr(NEW.secret) not in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        SECRETS[0],
        f"old:{SECRETS[0][:-4]}",
        "old:",
        f"a b:{SECRETS[0]}",
        f"old:{SECRETS[0]}!",
    ],
)
def test_what_is_no_key_is_refused_from_a_file_and_from_a_variable(tmp_path: Path, text: str) -> None:
    [of_file] = problems_of({"ENCRYPTION_KEY_FILE": written(tmp_path, text)})
    assert of_file.startswith("ENCRYPTION_KEY_FILE='")
    assert "ID:KEY" in of_file
    if text and not text.startswith("#"):
        [of_variable] = problems_of({"ENCRYPTION_KEYS": text})
        assert of_variable.startswith("ENCRYPTION_KEYS='***': ")


def test_an_id_that_two_keys_have_is_refused() -> None:
    [problem] = problems_of({"ENCRYPTION_KEYS": ",".join([key_line(OLD), key_line(new_key("old"))])})
    assert "key 2: allowed: an id that no other key has" in problem


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    [problem] = problems_of({"ENCRYPTION_KEY_FILE": str(tmp_path / name)})
    assert "allowed: a file that can be read" in problem


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(b"\xff\x00" + NEW.secret)
    [problem] = problems_of({"ENCRYPTION_KEY_FILE": str(tmp_path / "keys")})
    assert "allowed: a file of lines ID:KEY" in problem


def test_a_file_and_a_variable_together_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, key_line(NEW))
    [problem] = problems_of({"ENCRYPTION_KEY_FILE": file, "ENCRYPTION_KEYS": key_line(OLD)})
    assert problem == "ENCRYPTION_KEY_FILE, ENCRYPTION_KEYS: allowed: only one of them"

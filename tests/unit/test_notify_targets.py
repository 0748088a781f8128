"""The file of targets: who is told where, and what is wrong with it."""

from pathlib import Path

import pytest

from temporal.activities.provider import Target
from temporal.config import ConfigError, load_settings
from temporal.notify_settings import NotifySettings, NotifyTargets, read_targets

GOOD = """
default = ["json://127.0.0.1/all"]

[people]
ana = ["json://127.0.0.1/ana", "mailto://127.0.0.1", "json://127.0.0.1/ana"]
Bob = []

[groups]
finance = ["form://127.0.0.1/finance"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "targets.toml"


def read(file: Path, text: str) -> NotifyTargets:
    file.write_text(text)
    return read_targets(file)


def test_a_recipient_is_told_at_their_own_targets_and_anybody_else_at_the_default(file: Path) -> None:
    targets = read(file, GOOD)
    assert targets.of("ana") == ("json://127.0.0.1/ana", "mailto://127.0.0.1")
    assert targets.of("ANA") == targets.of("ana")
    assert targets.of("bob") == ()
    assert targets.of("group:finance") == ("form://127.0.0.1/finance",)
    assert targets.of("finance") == targets.of("group:sales") == ("json://127.0.0.1/all",)
    assert read(file, "").of("ana") == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('default = "json://secret"', "default"),
        ("[people]\nana = 5", "people.ana"),
        ('[people]\nana = ["secret"]', "people.ana"),
        ('[people]\nana = ["json://[secret"]', "people.ana"),
        ('[people]\nana = ["json://a\\nsecret"]', "people.ana"),
        ('[groups]\nfinance = [["json://secret"]]', "groups.finance"),
        ("[groups]\nfinance = [" + '"json://secret",' * 21 + "]", "groups.finance"),
        ('[people]\nana = []\nAna = ["json://secret"]', "people.Ana"),
        ('[people]\n"group:finance" = []\n[groups]\nfinance = []', "groups.finance"),
        ('people = ["json://secret"]', "people"),
        ('[team]\nana = ["json://secret"]', "team"),
        ('[people]\nana = ["json://secret"', "TOML"),
        ("[people]\nana = json://secret", "TOML (line 2"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_its_place_and_without_its_content(
    file: Path, text: str, place: str
) -> None:
    with pytest.raises(ValueError, match="allowed: ") as refused:
        read(file, text)
    assert place in str(refused.value)
    assert "secret" not in str(refused.value)


def test_the_setting_is_refused_at_once_when_the_file_cannot_be_used(file: Path) -> None:
    for make in (lambda: None, lambda: file.write_bytes(b"\xff"), lambda: file.write_text("[team]")):
        make()
        with pytest.raises(ConfigError) as refused:
            load_settings({"NOTIFY_TARGETS": str(file)}, file.parent / "no.env")
        assert [problem.partition("=")[0] for problem in refused.value.problems] == ["NOTIFY_TARGETS"]
    file.write_text(GOOD)
    settings = load_settings(
        {"NOTIFY_TARGETS": str(file), "NOTIFY_TIMEOUT_SECONDS": "2"}, file.parent / "no.env"
    )
    assert settings.notify == NotifySettings(file, 2.0)


def test_a_target_is_known_by_its_scheme_and_a_digest_that_no_password_changes() -> None:
    url = "mailtos://me:{}@example.org:465/?to=a@example.org&pass={}"
    one, other = (Target(url.format(word, word)).name for word in ("one", "other"))
    assert one == other
    assert one.scheme == "mailtos"
    assert one.name.startswith("mailtos-")
    names = {Target(text).name.name for text in ("slack://A/B/C", "slack://A/B/D", "slack://A/B/C/#x")}
    assert len(names) == 3
    assert "example" not in repr(Target(url))

import dataclasses
import io
import re
from pathlib import Path

import pytest
from dotenv import dotenv_values

from services.api.settings import ApiSettings
from temporal import connection_settings
from temporal.config import SECTIONS, Settings, load_settings
from temporal.settings import settings_of

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / ".env.example"
COMPOSE_FILE = Path("docker/docker-compose.yml")
# A default may hold another variable.
COMPOSE_VARIABLE = re.compile(r"\$\{([A-Z_]+):-((?:[^{}]|\$\{[^}]*\})*)\}")
OF_THE_COMMAND = "SECRETS_DIR"  # tests give a stack passwords of its own; nobody else needs to move them
SETTING_LINE = re.compile(r"^#(?=[A-Z_]+=)", re.MULTILINE)
CONNECTION_DEFAULTS = {
    "TEMPORAL_ADDRESS": Settings().connection.address,
    "TEMPORAL_NAMESPACE": Settings().connection.namespace,
}


def uncommented() -> str:
    return SETTING_LINE.sub("", EXAMPLE.read_text())


def example() -> dict[str, str | None]:
    return dict(dotenv_values(stream=io.StringIO(uncommented()), interpolate=False))


def declared_defaults() -> dict[str, object]:
    defaults: dict[str, object] = dict.fromkeys(connection_settings.VARIABLES, "")
    defaults |= CONNECTION_DEFAULTS
    for section in (*SECTIONS, ApiSettings):
        by_field = {field.name: field.default for field in dataclasses.fields(section)}
        for name, entry in settings_of(section).items():
            defaults[entry.variable] = by_field[name]
    return defaults


def compose_defaults() -> dict[str, str]:
    """What the Compose file reads besides the program's settings, and the variable that names the file."""
    read = dict(COMPOSE_VARIABLE.findall((ROOT / COMPOSE_FILE).read_text()))
    ours = declared_defaults()
    return {"COMPOSE_FILE": str(COMPOSE_FILE)} | {
        name: default for name, default in read.items() if name not in ours and name != OF_THE_COMMAND
    }


def shown(default: object) -> str:
    if default is None:
        return ""
    return f"{default:g}" if isinstance(default, float) else str(default)


@pytest.fixture(autouse=True)
def no_profile_file_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_the_example_lists_every_setting_with_its_default_and_nothing_else() -> None:
    settings = {variable: shown(default) for variable, default in declared_defaults().items()}

    assert example() == settings | compose_defaults()


def test_the_compose_file_has_the_defaults_of_the_settings_it_shares() -> None:
    ours = declared_defaults()
    read = COMPOSE_VARIABLE.findall((ROOT / COMPOSE_FILE).read_text())

    assert {(name, default) for name, default in read if name in ours} == {
        ("TEMPORAL_NAMESPACE", "default"),
        ("TASK_QUEUE", "default"),
        ("NOTIFY_TIMEOUT_SECONDS", "4"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
        ("OTEL_TRACES_SAMPLER", "parentbased_always_on"),
        ("OTEL_TRACES_SAMPLER_ARG", "1"),
        ("API_PORT", "8000"),
        ("API_PUBLIC_URL", ""),
        ("API_PUBLIC_URL", "http://127.0.0.1:${API_PORT:-8000}"),  # what the API makes of "", told to the UI
        ("API_UI_URL", "http://127.0.0.1:${TEMPORAL_UI_PORT:-8080}"),  # the stack's UI, not the engine's
        ("API_JWKS_URL", ""),
        ("PROMETHEUS_URL", ""),
        ("API_TOKEN_ISSUER", "durable-workflows"),
        ("API_TOKEN_AUDIENCE", "durable-workflows-api"),
    }


def test_every_setting_is_listed_once() -> None:
    names = re.findall(r"^([A-Z_]+)=", uncommented(), re.MULTILINE)

    assert len(names) == len(set(names))


@pytest.mark.parametrize("text", [EXAMPLE.read_text(), uncommented()], ids=["as-is", "uncommented"])
def test_loading_the_example_yields_the_default_settings(tmp_path: Path, text: str) -> None:
    copy = tmp_path / ".env"
    copy.write_text(text)

    assert load_settings({}, copy) == Settings()


def test_secrets_have_no_value_in_the_example() -> None:
    secret = [
        e.variable for section in (*SECTIONS, ApiSettings) for e in settings_of(section).values() if e.secret
    ]

    assert "DATABASE_URL" in secret
    assert {example()[name] for name in [*secret, "TEMPORAL_API_KEY"]} == {""}

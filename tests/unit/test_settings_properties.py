"""Whatever somebody writes into a variable: a value in range, or exactly one line that names it."""

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, ip_address
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from temporal.config import SECTIONS, ConfigError, Settings, load_settings
from temporal.connection_settings import VARIABLES
from temporal.settings import settings_of, without_password

pytest_plugins = ["tests.no_profile"]
pytestmark = pytest.mark.usefixtures("no_profile_of_the_user")

NO_FILE = Path("no-such-folder/.env")

RANGES: dict[str, tuple[float, float]] = {
    "WORKER_MAX_CONCURRENT_WORKFLOW_TASKS": (2, 10_000),
    "WORKER_MAX_CONCURRENT_ACTIVITIES": (1, 10_000),
    "WORKER_MAX_CACHED_WORKFLOWS": (0, 1_000_000),
    "WORKER_STICKY_TIMEOUT_SECONDS": (0.1, 60),
    "WORKER_GRACEFUL_SHUTDOWN_SECONDS": (0, 3_600),
    "WORKER_CONNECT_TIMEOUT_SECONDS": (0, 86_400),
    "ENGINE_PORT": (1, 65_535),
    "ENGINE_UI_PORT": (1, 65_535),
    "ENGINE_METRICS_PORT": (0, 65_535),
    "STORE_TIMEOUT_SECONDS": (0.1, 60),
    "NOTIFY_TIMEOUT_SECONDS": (0.5, 8),
    "OTEL_TRACES_SAMPLER_ARG": (0, 1),
}
COMPANIONS = {
    "WORKER_DEPLOYMENT_NAME": {"WORKER_BUILD_ID": "v1"},
    "WORKER_BUILD_ID": {"WORKER_DEPLOYMENT_NAME": "shop"},
    "TEMPORAL_TLS_CLIENT_CERT_DATA": {"TEMPORAL_TLS_CLIENT_KEY_DATA": "key"},
}
OURS = [entry.variable for section in SECTIONS for entry in settings_of(section).values()]
THE_SDKS = [
    *VARIABLES,
    "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION",
    "TEMPORAL_TLS_CLIENT_CERT_DATA",
    "TEMPORAL_GRPC_META_TENANT",
    "TEMPORAL_OF_A_LATER_SDK",
]

any_text = st.text(st.characters(exclude_categories=[]), max_size=300)
near_numbers = st.one_of(
    st.integers().map(str), st.floats().map(str), st.from_regex(r"[+-]?[0-9_٣.e]{1,12}", fullmatch=True)
)
near_names = st.from_regex(r"[ -~]{1,40}", fullmatch=True)
near_values = st.sampled_from(
    ["~", "~root", "~nobody-here", "sqlite:///x", "postgresql://h/d", "info", "[::1]:7233", "h:7233", "true"]
)
values = st.one_of(any_text, near_numbers, near_names, near_values).filter(str.strip)


def outcome_of(variables: Mapping[str, str]) -> Settings | list[str]:
    try:
        return load_settings(variables, NO_FILE)
    except ConfigError as error:
        return error.problems


def value_of(loaded: Settings, variable: str) -> object:
    sections = (getattr(loaded, field.name) for field in dataclasses.fields(loaded))
    for section in (each for each in sections if isinstance(each, SECTIONS)):
        for name, entry in settings_of(type(section)).items():
            if entry.variable == variable:
                value: object = getattr(section, name)
                return value
    raise AssertionError(variable)


def is_in_range(variable: str, value: object) -> bool:
    least, most = RANGES[variable]
    return isinstance(value, int | float) and math.isfinite(value) and least <= value <= most


CHECKS: dict[str, Callable[[object], bool]] = {
    "TASK_QUEUE": lambda value: isinstance(value, str) and value.isascii() and 0 < len(value) <= 200,
    "LOG_LEVEL": lambda value: value in ("DEBUG", "INFO", "WARNING", "ERROR"),
    "LOG_FORMAT": lambda value: value in ("human", "json"),
    "METRICS_PORT": lambda value: isinstance(value, int) and 0 <= value <= 65_000,
    "METRICS_HOST": lambda value: isinstance(ip_address(str(value)), IPv4Address),
    "DATA_DIR": lambda value: isinstance(value, Path) and "\0" not in str(value),
    "DATABASE_URL": lambda value: (
        bool(re.match("sqlite:///|postgres", str(value))) and str(value).isprintable()
    ),
}


@settings(deadline=None, max_examples=600)
@given(variable=st.sampled_from(OURS), text=values)
@example(variable="ENGINE_PORT", text="٣")
@example(variable="WORKER_STICKY_TIMEOUT_SECONDS", text="nan")
@example(variable="WORKER_MAX_CACHED_WORKFLOWS", text="9" * 5_000)
@example(variable="METRICS_HOST", text="127.0.0.1.")
@example(variable="METRICS_HOST", text="127.0.0.01")
@example(variable="DATA_DIR", text="\0")
@example(variable="DATA_DIR", text="~\udcff")
@example(variable="DATABASE_URL", text="postgresql://host\udcff/db")
def test_any_text_for_any_variable_is_a_value_in_range_or_one_line(variable: str, text: str) -> None:
    outcome = outcome_of({variable: text, **COMPANIONS.get(variable, {})})

    if isinstance(outcome, list):
        [line] = outcome
        assert line.startswith(f"{variable}=")
        assert ": allowed: " in line
        assert line.isprintable()
    elif variable in RANGES:
        assert is_in_range(variable, value_of(outcome, variable))
    else:
        assert CHECKS.get(variable, bool)(value_of(outcome, variable))


@settings(deadline=None, max_examples=400)
@given(variable=st.sampled_from(THE_SDKS), text=values)
@example(variable="TEMPORAL_CONFIG_FILE", text="a" * 300 + "/b")
@example(variable="TEMPORAL_NAMESPACE", text="\udcff")
@example(variable="TEMPORAL_PROFILE", text="nobody's")
@example(variable="TEMPORAL_GRPC_META_TENANT", text="a\nb")
def test_any_text_for_any_variable_of_the_sdk_connects_or_is_one_line(variable: str, text: str) -> None:
    outcome = outcome_of({variable: text, **COMPANIONS.get(variable, {})})

    if isinstance(outcome, list):
        [line] = outcome
        assert variable in line
        assert line.isprintable()


@settings(deadline=None)
@given(password=st.text(min_size=10))
def test_the_password_of_a_url_is_masked_whatever_it_holds(password: str) -> None:
    assert password not in without_password(f"postgresql://user:{password}@host/name")


@settings(deadline=None)
@given(secret=st.text(st.sampled_from("abcXYZ0189:/@%#?&= $'\"\\"), min_size=16).filter(str.strip))
def test_no_line_of_an_error_holds_a_secret(secret: str) -> None:
    problems = outcome_of(
        {
            "DATABASE_URL": f"mysql://user:{secret}@host/db",
            "TEMPORAL_API_KEY": f"{secret}\u00e9",
            "TEMPORAL_GRPC_META_TOKEN": f"{secret}\n",
            "TEMPORAL_TLS_CLIENT_KEY_DATA": f"{secret}\u00e9",
            "TASK_QUEUE": f"postgresql://user:{secret}@host/db",
            "TEMPORAL_ADDRESS": f"https://user:{secret}@host:7233",
        }
    )

    assert isinstance(problems, list)
    assert len(problems) >= 5
    shown = "\n".join([*problems, str(ConfigError(problems))])
    assert secret not in shown
    assert repr(secret)[1:-1] not in shown

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from temporal.config import ConfigError, Settings, TracingSettings, load_settings
from temporal.tracing.starting import OFF, Tracing, start_tracing

NO_FILE = Path("no-such-folder/.env")
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"
AUTHORITY = "OTEL_EXPORTER_OTLP_CERTIFICATE"
HERE = {ENDPOINT: "http://127.0.0.1:4318"}


def tracing(variables: dict[str, str]) -> TracingSettings:
    return load_settings(variables, NO_FILE).tracing


def problems(variables: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_settings(variables, NO_FILE)
    return raised.value.problems


def test_tracing_is_off_by_default_and_on_with_an_endpoint() -> None:
    assert not Settings().tracing.on
    assert tracing(HERE).on
    assert not tracing(HERE | {"OTEL_SDK_DISABLED": "true"}).on


def test_everything_can_be_set() -> None:
    variables = HERE | {
        HEADERS: "Authorization=Bearer%20a/b==, x-tenant=a%2Cb c",
        "OTEL_SERVICE_NAME": "shop",
        "OTEL_TRACES_SAMPLER": "PARENTBASED_TRACEIDRATIO",
        "OTEL_TRACES_SAMPLER_ARG": "0.25",
    }
    settings = tracing(variables)
    assert settings.headers == (("Authorization", "Bearer a/b=="), ("x-tenant", "a,b c"))
    assert (settings.service_name, settings.sampler) == ("shop", "parentbased_traceidratio")
    assert settings.sampler_share == 0.25
    assert "Bearer" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        (ENDPOINT, "127.0.0.1:4318", "http://HOST:PORT or https://HOST:PORT"),
        (ENDPOINT, "http://user:secret@host:4318", "http://HOST:PORT or https://HOST:PORT"),
        (ENDPOINT, "http://host:4318/?token=1", "http://HOST:PORT or https://HOST:PORT"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
        (HEADERS, "canary-of-a-token", "NAME=VALUE with commas between, in printable ASCII"),
        (HEADERS, "a=b%0Ac: d", "NAME=VALUE with commas between, in printable ASCII"),
        (AUTHORITY, "/no/such/file.pem", "a file that can be read (No such file or directory)"),
        (AUTHORITY, __file__, "a PEM file of certificates"),
        ("OTEL_SERVICE_NAME", "two words", "up to 200 letters, digits and . _ / -"),
        ("OTEL_TRACES_SAMPLER", "sometimes", "always_on, always_off, traceidratio, parentbased_always_on"),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5", "a number from 0 to 1"),
        ("OTEL_TRACES_SAMPLER_ARG", "nan", "a number from 0 to 1"),
        ("OTEL_SDK_DISABLED", "yes", "true, false"),
    ],
)
def test_a_wrong_value_gets_one_line_that_says_what_is_allowed(
    variable: str, value: str, allowed: str
) -> None:
    [problem] = problems(HERE | {variable: value})
    assert problem.startswith(f"{variable}=")
    assert f"allowed: {allowed}" in problem
    assert "canary" not in problem
    assert "secret" not in problem


def test_nothing_is_done_for_traces_when_they_are_off() -> None:
    assert start_tracing(TracingSettings(), "worker") is OFF
    OFF.flush()


def test_the_end_of_a_process_does_not_wait_for_spans_that_nobody_takes() -> None:
    never = threading.Event()
    Tracing(send_rest=never.wait).flush()
    assert not never.is_set()
    never.set()


@pytest.mark.parametrize("module", ["temporal.workers.serving", "temporal.cli.start_workflow"])
def test_opentelemetry_is_not_loaded_when_it_is_off(module: str) -> None:
    program = (
        f"import sys, {module}; from temporal.config import Settings;"
        "from temporal.tracing.starting import start_tracing;"
        "from temporal.logs import set_up_logs; import logging;"
        "set_up_logs(Settings().log); logging.warning('a line');"
        "start_tracing(Settings().tracing, 'worker');"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

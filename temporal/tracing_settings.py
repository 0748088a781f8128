"""Where traces go: OpenTelemetry's own variables; setting the endpoint turns tracing on."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from temporal.settings import Parser, one_of, path, setting, text

ENDPOINT = (
    r"https?://([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]{0,200})?"
)
ENDPOINT_ALLOWED = "http://HOST:PORT or https://HOST:PORT of an OTLP/HTTP receiver, most often port 4318"
NAME = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}"
NAME_ALLOWED = "up to 200 letters, digits and . _ / -, beginning with a letter or digit"
HEADER = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}=[!-~]([ -~]{0,998}[!-~])?"
HEADERS_ALLOWED = "NAME=VALUE with commas between, in printable ASCII, what else is needed as %XX"
SAMPLERS = ("always_on", "always_off", "traceidratio")


def _headers() -> Parser[tuple[tuple[str, str], ...]]:
    def parse(value: str) -> tuple[tuple[str, str], ...]:
        entries = [unquote(entry.strip()) for entry in value.split(",")]  # the standard has them so
        if not all(re.fullmatch(HEADER, entry) for entry in entries):
            raise ValueError(f"allowed: {HEADERS_ALLOWED}")
        return tuple((name, said) for name, _, said in (entry.partition("=") for entry in entries))

    return parse


def _authority() -> Parser[Path]:
    parse_path = path()

    def parse(value: str) -> Path:
        file = parse_path(value).absolute()
        try:
            if b"-----BEGIN CERTIFICATE-----" not in file.read_bytes():
                raise ValueError("allowed: a PEM file of certificates")
        except OSError as error:
            raise ValueError(f"allowed: a file that can be read ({error.strerror})") from None
        return file

    return parse


def _share(value: str) -> float:
    if not re.fullmatch(r"[01](\.[0-9]{1,9})?", value) or float(value) > 1:
        raise ValueError("allowed: a number from 0 to 1")
    return float(value)


@dataclass(frozen=True)
class TracingSettings:
    """Traces by OTLP/HTTP; without an endpoint there are none.

    Attributes:
        endpoint: The receiver, `http://HOST:PORT`, or `https://` for TLS; `/v1/traces` is added.
        protocol: How it is spoken to; the variable is read so that another one is refused and not ignored.
        headers: Sent with each batch, as a receiver's token.
        authority: A PEM file of who signed the receiver's certificate; else the system's.
        service_name: What the traces call every process; empty for a name of the worker, the API and the
            scripts each.
        sampler: Which traces are kept; with `parentbased_` a caller's own decision counts first.
        sampler_share: The share that `traceidratio` keeps, from 0 to 1.
        disabled: `true` turns tracing off with everything else left as it is.
    """

    endpoint: str = setting("OTEL_EXPORTER_OTLP_ENDPOINT", text(ENDPOINT, ENDPOINT_ALLOWED), "")
    protocol: str = setting("OTEL_EXPORTER_OTLP_PROTOCOL", one_of("http/protobuf"), "http/protobuf")
    headers: tuple[tuple[str, str], ...] | None = setting(
        "OTEL_EXPORTER_OTLP_HEADERS", _headers(), None, secret=True
    )
    authority: Path | None = setting("OTEL_EXPORTER_OTLP_CERTIFICATE", _authority(), None)
    service_name: str = setting("OTEL_SERVICE_NAME", text(NAME, NAME_ALLOWED), "")
    sampler: str = setting(
        "OTEL_TRACES_SAMPLER",
        one_of(*SAMPLERS, *(f"parentbased_{name}" for name in SAMPLERS)),
        "parentbased_always_on",
    )
    sampler_share: float = setting("OTEL_TRACES_SAMPLER_ARG", _share, 1.0)
    disabled: str = setting("OTEL_SDK_DISABLED", one_of("true", "false"), "false")

    @property
    def on(self) -> bool:
        """Whether there are traces."""
        return bool(self.endpoint) and self.disabled == "false"

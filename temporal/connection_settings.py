"""Where Temporal is and how to get in, by the SDK's own variables, profiles and configuration file.

The same variables work for the embedded engine, a cluster and Temporal Cloud. `temporalio.envconfig` reads
them; what it would pass over in silence (a missing file, a TLS switch that is no boolean) is an error here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.envconfig import ClientConfigProfile
from temporalio.service import TLSConfig

DEFAULT_ADDRESS = "127.0.0.1:7233"
BOOLEANS = ("true", "false", "1", "0")
VARIABLES = (
    "TEMPORAL_ADDRESS",
    "TEMPORAL_NAMESPACE",
    "TEMPORAL_API_KEY",
    "TEMPORAL_TLS",
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
    "TEMPORAL_TLS_CLIENT_CERT_PATH",
    "TEMPORAL_TLS_CLIENT_KEY_PATH",
    "TEMPORAL_TLS_SERVER_NAME",
    "TEMPORAL_CONFIG_FILE",
    "TEMPORAL_PROFILE",
)
"""The SDK's variables that `.env.example` explains; the SDK reads a few more."""


@dataclass(frozen=True)
class ConnectionSettings:
    """What a Temporal client needs; secrets stay out of the repr."""

    address: str = DEFAULT_ADDRESS
    namespace: str = "default"
    tls: bool | TLSConfig = field(default=False, repr=False)
    api_key: str | None = field(default=None, repr=False)
    rpc_metadata: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_connection(environment: Mapping[str, str], problems: list[str]) -> ConnectionSettings:
    """Reads the connection.

    Args:
        environment: Variables and values, the empty ones left out.
        problems: Gets one line for each unusable value; defaults are then returned.

    Returns:
        The connection.
    """
    before = len(problems)
    for name in ("TEMPORAL_TLS", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION"):
        value = environment.get(name)
        if value is not None and value.lower() not in BOOLEANS:
            problems.append(f"{name}={value!r}: allowed: {', '.join(BOOLEANS)}")
    for name, value in environment.items():
        is_file = name == "TEMPORAL_CONFIG_FILE" or (
            name.startswith("TEMPORAL_TLS_") and name.endswith("_PATH")
        )
        if is_file and not Path(value).is_file():
            problems.append(f"{name}={value!r}: no such file")
    address = environment.get("TEMPORAL_ADDRESS")
    if address is not None and not _is_address(address):
        problems.append(f"TEMPORAL_ADDRESS={address!r}: allowed: HOST:PORT")
    if len(problems) > before:
        return ConnectionSettings()
    try:
        profile = ClientConfigProfile.load(override_env_vars=environment)
        config = profile.to_client_connect_config()
    except Exception as error:  # the SDK raises its own, OSError and ValueError, by what the file holds
        problems.append(f"TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE: {error}")
        return ConnectionSettings()
    return ConnectionSettings(
        address=config.get("target_host") or DEFAULT_ADDRESS,
        namespace=config.get("namespace") or "default",
        tls=config.get("tls", False) or False,
        api_key=config.get("api_key"),
        rpc_metadata=config.get("rpc_metadata", {}),
    )


def _is_address(value: str) -> bool:
    host, colon, port = value.rpartition(":")
    return bool(host and colon) and port.isascii() and port.isdigit() and 0 < int(port) < 65_536

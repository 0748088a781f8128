"""Where Temporal is and how to get in, by the SDK's own variables, profiles and configuration file.

The same variables work for the embedded engine, a cluster and Temporal Cloud. `temporalio.envconfig` reads
them; what it would pass over in silence (a missing file, a TLS switch that is no boolean) is an error here.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.envconfig import ClientConfigProfile, ClientConnectConfig
from temporalio.service import TLSConfig

from temporal.encryption_settings import Keyring
from temporal.settings import without_password

DEFAULT_ADDRESS = "127.0.0.1:7233"
SWITCHES = ("TEMPORAL_TLS", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION")
BOOLEANS = ("true", "false", "1", "0")
HOST = r"[A-Za-z0-9._-]{1,253}"
METADATA_KEY = r"[a-z0-9_.-]+(?<!-bin)"  # gRPC's rule; a -bin key would need bytes
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
    """What a Temporal client needs; secrets stay out of the repr.

    `keyring` is not the server's business: it encrypts the payloads before they leave.
    """

    address: str = DEFAULT_ADDRESS
    namespace: str = "default"
    tls: bool | TLSConfig = field(default=False, repr=False)
    api_key: str | None = field(default=None, repr=False)
    rpc_metadata: Mapping[str, str] = field(default_factory=dict, repr=False)
    keyring: Keyring | None = field(default=None, repr=False)


def read_connection(environment: Mapping[str, str], problems: list[str]) -> ConnectionSettings:
    """Reads the connection.

    Args:
        environment: Variables and values, the blank ones left out.
        problems: Gets one line for each unusable value; what is returned is then of no use.

    Returns:
        The connection.
    """
    ours = {
        name: value for name, value in environment.items() if re.fullmatch(r"TEMPORAL_[A-Za-z0-9_]+", name)
    }
    faults = {name: fault for name, value in ours.items() if (fault := _fault(name, value))}
    problems += faults.values()
    if faults.keys() & {"TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE"}:
        return ConnectionSettings()  # nobody knows which profile was meant
    sound = {name: value for name, value in ours.items() if name not in faults}
    try:
        config = ClientConfigProfile.load(override_env_vars=sound).to_client_connect_config()
    except Exception as error:  # the SDK raises its own, OSError and ValueError, by what the file holds
        said = str(error).partition("\n")[0]  # the lines after it quote the file, API key and all
        problems.append(said if "TEMPORAL_" in said else f"{_source(ours)}: {said}")
        return ConnectionSettings()
    if not faults:
        problems += (f"{fault} (of the environment or {_source(ours)})" for fault in _config_faults(config))
    return ConnectionSettings(
        address=config.get("target_host") or DEFAULT_ADDRESS,
        namespace=config.get("namespace") or "default",
        tls=config.get("tls", False) or False,
        api_key=config.get("api_key"),
        rpc_metadata=config.get("rpc_metadata", {}),
    )


def _fault(name: str, value: str) -> str:
    """Checks one variable of the SDK's; returns its line, secrets masked, or nothing."""
    is_data = name.endswith("_DATA")
    secret = is_data or name == "TEMPORAL_API_KEY" or name.startswith("TEMPORAL_GRPC_META_")
    allowed = ""
    if secret and not value.isascii():
        allowed = "ASCII characters"
    elif not is_data and not value.isprintable():
        allowed = "printable characters"
    elif name in SWITCHES and value.lower() not in BOOLEANS:
        allowed = ", ".join(BOOLEANS)
    elif name == "TEMPORAL_ADDRESS" and not _is_address(value):
        allowed = "HOST:PORT"
    elif _is_file_name(name) and not _is_file(value):
        allowed = "a file that exists and can be read"
    shown = "***" if secret else repr(without_password(value))
    return f"{name}={shown}: allowed: {allowed}" if allowed else ""


def _config_faults(config: ClientConnectConfig) -> list[str]:
    """Checks what variables and profile make together, so that no fault waits for the first call."""
    found = []
    address, tls = config.get("target_host"), config.get("tls")
    metadata = config.get("rpc_metadata", {})
    if address and not _is_address(address):
        found.append(f"TEMPORAL_ADDRESS={without_password(address)!r}: allowed: HOST:PORT")
    if isinstance(tls, TLSConfig) and bool(tls.client_cert) != bool(tls.client_private_key):
        found.append("TEMPORAL_TLS_CLIENT_CERT_*, TEMPORAL_TLS_CLIENT_KEY_*: allowed: both or neither")
    if not all(re.fullmatch(METADATA_KEY, key) for key in metadata):
        found.append("TEMPORAL_GRPC_META_*: allowed: names of a-z 0-9 _ . - that do not end in -bin")
    if not all(
        value.isascii() and value.isprintable() for value in (config.get("api_key", ""), *metadata.values())
    ):
        found.append("TEMPORAL_API_KEY, TEMPORAL_GRPC_META_*: allowed: printable ASCII characters")
    return found


def _source(environment: Mapping[str, str]) -> str:
    named = [name for name in ("TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE") if name in environment]
    return (
        ", ".join(f"{name}={without_password(environment[name])!r}" for name in named)
        or "TEMPORAL_CONFIG_FILE (the default)"
    )


def _is_file_name(variable: str) -> bool:
    is_certificate = variable.startswith("TEMPORAL_TLS_") and variable.endswith("_PATH")
    return is_certificate or variable == "TEMPORAL_CONFIG_FILE"


def _is_file(value: str) -> bool:
    try:
        return Path(value).is_file() and os.access(value, os.R_OK)
    except (OSError, ValueError):  # too long a name; a folder that may not be searched
        return False


def _is_address(value: str) -> bool:
    host, _, port = value.rpartition(":")
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65_536:
        return False
    if not (host.startswith("[") and host.endswith("]")):
        return bool(re.fullmatch(HOST, host))
    try:
        return ipaddress.IPv6Address(host[1:-1]).scope_id is None  # the SDK takes no %zone
    except ValueError:
        return False

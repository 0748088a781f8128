"""The variables that lead a worker to a target and to nothing else, and free ports."""

import os
import socket
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from temporal.config import SECTIONS, ConfigError, EncryptionSettings, merged_environment
from temporal.settings import read_section, settings_of

RUN_VARIABLE = "CHAOS_TARGET"
"""Every process that a run starts has it, and so have that process's descendants: the run's folder."""


def worker_environment(address: str, folder: Path) -> dict[str, str]:
    """Returns this process's variables, without its settings, plus what leads a worker to a target.

    The user's own Temporal profile is kept out too: it could send an API key, or TLS, to the engine.
    """
    ours = {entry.variable for section in SECTIONS for entry in settings_of(section).values()}
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith("TEMPORAL_")
    }
    profiles = folder / "no-profiles.toml"
    profiles.touch()
    return inherited | {
        "TEMPORAL_ADDRESS": address,
        "TEMPORAL_CONFIG_FILE": str(profiles),
        "DATA_DIR": str(folder),
        RUN_VARIABLE: str(folder),
    }


def encryption_of(environment: Mapping[str, str]) -> EncryptionSettings:
    """Returns what a run encrypts with: what its own variables say, else what the user's settings do.

    Raises:
        ConfigError: The keys cannot be used.
    """
    problems: list[str] = []
    variables = merged_environment({**os.environ, **environment}, None, problems)
    settings = read_section(EncryptionSettings, variables, problems)
    if problems:
        raise ConfigError(problems)
    return settings


def free_ports(count: int) -> list[int]:
    """Returns ports of 127.0.0.1 that nobody uses at the moment, all different."""
    with ExitStack() as held:
        probes = [held.enter_context(closing(socket.socket())) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]

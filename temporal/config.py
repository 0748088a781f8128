"""Every setting of the project, read from the environment and a `.env` file, all errors at once.

Nothing is read at import time and `os.environ` is never changed. What is set wins over `.env`; a variable set
to nothing counts as unset, yet still hides its line in `.env`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from temporal.connection_settings import ConnectionSettings, read_connection
from temporal.dotenv_file import read_dotenv
from temporal.encryption_settings import EncryptionSettings
from temporal.metrics_settings import MetricsSettings
from temporal.notify_settings import NotifySettings
from temporal.settings import ConfigError, integer, one_of, path, read_section, seconds, setting, text
from temporal.tracing_settings import TracingSettings

__all__ = [
    "ConfigError",
    "ConnectionSettings",
    "EncryptionSettings",
    "MetricsSettings",
    "NotifySettings",
    "Settings",
    "TracingSettings",
    "load_settings",
]

NAME = r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}"
NAME_ALLOWED = "up to 200 letters, digits and . _ : / -, beginning with a letter or digit"
DEPLOYMENT = r"[A-Za-z0-9][A-Za-z0-9_/-]{0,199}"  # the server writes NAME.BUILD and NAME:BUILD itself
DEPLOYMENT_ALLOWED = "up to 200 letters, digits and _ / -, beginning with a letter or digit"
DATABASE = r"sqlite:///.+|postgres(ql)?(\+psycopg)?://\S+"
DATABASE_ALLOWED = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"


@dataclass(frozen=True)
class WorkerSettings:
    """The worker: what it polls, how much it takes at once, how it stops. Durations are in seconds."""

    task_queue: str = setting("TASK_QUEUE", text(NAME, NAME_ALLOWED), "default")
    identity: str = setting("WORKER_IDENTITY", text(NAME, NAME_ALLOWED), "worker")
    max_concurrent_workflow_tasks: int = setting(
        "WORKER_MAX_CONCURRENT_WORKFLOW_TASKS", integer(2, 10_000), 100
    )
    max_concurrent_activities: int = setting("WORKER_MAX_CONCURRENT_ACTIVITIES", integer(1, 10_000), 50)
    max_cached_workflows: int = setting("WORKER_MAX_CACHED_WORKFLOWS", integer(0, 1_000_000), 1_000)
    sticky_timeout: float = setting("WORKER_STICKY_TIMEOUT_SECONDS", seconds(0.1, 60), 5.0)
    graceful_shutdown: float = setting("WORKER_GRACEFUL_SHUTDOWN_SECONDS", seconds(0, 3_600), 10.0)
    connect_timeout: float = setting("WORKER_CONNECT_TIMEOUT_SECONDS", seconds(0, 86_400), 60.0)
    deployment_name: str = setting("WORKER_DEPLOYMENT_NAME", text(DEPLOYMENT, DEPLOYMENT_ALLOWED), "")
    build_id: str = setting("WORKER_BUILD_ID", text(NAME, NAME_ALLOWED), "")


@dataclass(frozen=True)
class EngineSettings:
    """The embedded engine: ports on 127.0.0.1, and the Temporal CLI to run (else PATH, else the package).

    Attributes:
        port: Its gRPC.
        ui_port: The Temporal UI's.
        metrics_port: Where Prometheus finds the server's metrics; 0 for a port that nobody knows beforehand.
        cli_path: The Temporal CLI.
        data_dir: Where workflows live.
    """

    port: int = setting("ENGINE_PORT", integer(1, 65_535), 7233)
    ui_port: int = setting("ENGINE_UI_PORT", integer(1, 65_535), 8233)
    metrics_port: int = setting("ENGINE_METRICS_PORT", integer(0, 65_535), 0)
    cli_path: Path | None = setting("TEMPORAL_CLI_PATH", path(), None)
    data_dir: Path = setting("DATA_DIR", path(), Path(".data"))


@dataclass(frozen=True)
class StoreSettings:
    """The effect record: a PostgreSQL URL, or by default a SQLite file in the data folder.

    Attributes:
        database_url: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`; empty for the default file.
        timeout: How long one statement or lock may take, in seconds; below the activities' start-to-close.
        data_dir: Where the default file lives.
    """

    database_url: str = setting("DATABASE_URL", text(DATABASE, DATABASE_ALLOWED), "", secret=True)
    timeout: float = setting("STORE_TIMEOUT_SECONDS", seconds(0.1, 60), 4.0)
    data_dir: Path = setting("DATA_DIR", path(), Path(".data"))


@dataclass(frozen=True)
class LogSettings:
    """Logs go to standard error: `human` lines for a terminal, `json` lines for a collector."""

    level: str = setting("LOG_LEVEL", one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
    format: str = setting("LOG_FORMAT", one_of("human", "json"), "human")


@dataclass(frozen=True)
class Settings:
    """All settings, by section."""

    connection: ConnectionSettings = field(default_factory=ConnectionSettings)
    worker: WorkerSettings = field(default_factory=WorkerSettings)
    engine: EngineSettings = field(default_factory=EngineSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    log: LogSettings = field(default_factory=LogSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    encryption: EncryptionSettings = field(default_factory=EncryptionSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    tracing: TracingSettings = field(default_factory=TracingSettings)

    @property
    def recovery_dir(self) -> Path:
        """Where supervisors keep their journals and status sockets."""
        return self.engine.data_dir / "recovery"


SECTIONS = (
    WorkerSettings,
    EngineSettings,
    StoreSettings,
    LogSettings,
    MetricsSettings,
    EncryptionSettings,
    NotifySettings,
    TracingSettings,
)


def merged_environment(
    environment: Mapping[str, str] | None, dotenv: Path | None, problems: list[str]
) -> dict[str, str]:
    """Returns the variables that count: the environment over the `.env` file, without the blank ones."""
    file = Path(".env") if dotenv is None else dotenv
    merged = {**read_dotenv(file, problems), **(os.environ if environment is None else environment)}
    return {name: value.strip() for name, value in merged.items() if value.strip()}


def load_settings(environment: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Reads every setting.

    Args:
        environment: The variables; the process's own by default.
        dotenv: The `.env` file; the one in the current folder by default. A missing one is no error.

    Returns:
        The settings.

    Raises:
        ConfigError: One or more values cannot be used; all of them are named.
    """
    problems: list[str] = []
    variables = merged_environment(environment, dotenv, problems)
    worker = read_section(WorkerSettings, variables, problems)
    engine = read_section(EngineSettings, variables, problems)
    store = read_section(StoreSettings, variables, problems)
    log = read_section(LogSettings, variables, problems)
    metrics = read_section(MetricsSettings, variables, problems)
    encryption = read_section(EncryptionSettings, variables, problems)
    notify = read_section(NotifySettings, variables, problems)
    tracing = read_section(TracingSettings, variables, problems)
    connection = replace(read_connection(variables, problems), keyring=encryption.keyring)
    for value, name, other in (
        (worker.deployment_name, "WORKER_DEPLOYMENT_NAME", "WORKER_BUILD_ID"),
        (worker.build_id, "WORKER_BUILD_ID", "WORKER_DEPLOYMENT_NAME"),
    ):
        if value and other not in variables:
            problems.append(f"{name}={value!r}: allowed: only together with {other}")
    if engine.port == engine.ui_port:
        problems.append(f"ENGINE_PORT, ENGINE_UI_PORT={str(engine.port)!r}: allowed: two different ports")
    if encryption.key_file and encryption.keys:
        problems.append("ENCRYPTION_KEY_FILE, ENCRYPTION_KEYS: allowed: only one of them")
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))  # two sections share DATA_DIR
    return Settings(connection, worker, engine, store, log, metrics, encryption, notify, tracing)

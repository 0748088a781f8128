"""The API's settings, read like all others: from the environment and `.env`, every error at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from temporal.config import ConfigError, Settings, load_settings, merged_environment
from temporal.settings import integer, one_of, path, read_section, seconds, setting, text

HOST = r"[A-Za-z0-9.:-]{1,253}"
URL = r"https?://[^\s@?#]+"
URL_ALLOWED = "http://HOST[:PORT] or https://HOST[:PORT], without a user"
CLAIM = r"[A-Za-z0-9_.:/-]{1,200}"
CLAIM_ALLOWED = "up to 200 letters, digits and _ . : / -"


@dataclass(frozen=True)
class ApiSettings:
    """The HTTP API. Durations are in seconds, sizes in bytes.

    Attributes:
        host: The address it listens on.
        port: Its port.
        public_url: Where a browser reaches it, for links; empty for http://127.0.0.1 and the port.
        ui_url: Where a browser reaches the Temporal UI.
        token_key_file: What bearer tokens are checked with: a PEM file of an RSA or Ed25519 public key, or a
            file of 32 or more secret bytes for HS256. Without it and `jwks_url`, a secret in the data folder.
        jwks_url: Where an identity provider publishes its keys.
        token_issuer: The issuer that a token must name.
        token_audience: The audience that a token must name.
        groups_claim: Which claim holds the groups.
        roles_claim: Which claim holds the roles.
        signing_keys_file: The Ed25519 keys with which the API vouches for decisions; else one is made in the
            data folder.
        link_key_file: The secret of signed links; else made in the data folder.
        link_longest: The longest that a signed link may hold.
        rate_limit: Requests of one caller in a minute.
        max_body: The largest request body.
        metrics_port: Where Prometheus finds the API's metrics, at `METRICS_HOST`; 0 for nowhere.
        prometheus_url: Where the dashboard asks for history; empty for what the API sees itself.
        codec_encode: Whether the codec server encrypts as well as it decrypts: `on` or `off`.
        deadline: How long Temporal and its workers may take to answer, before the API says 503.
        data_dir: Where keys of local use are made.
    """

    host: str = setting("API_HOST", text(HOST, "an address or host name"), "127.0.0.1")
    port: int = setting("API_PORT", integer(1, 65_535), 8000)
    public_url: str = setting("API_PUBLIC_URL", text(URL, URL_ALLOWED), "")
    ui_url: str = setting("API_UI_URL", text(URL, URL_ALLOWED), "http://127.0.0.1:8233")
    token_key_file: Path | None = setting("API_TOKEN_KEY_FILE", path(), None)
    jwks_url: str = setting("API_JWKS_URL", text(URL, URL_ALLOWED), "")
    token_issuer: str = setting("API_TOKEN_ISSUER", text(CLAIM, CLAIM_ALLOWED), "durable-workflows")
    token_audience: str = setting("API_TOKEN_AUDIENCE", text(CLAIM, CLAIM_ALLOWED), "durable-workflows-api")
    groups_claim: str = setting("API_GROUPS_CLAIM", text(CLAIM, CLAIM_ALLOWED), "groups")
    roles_claim: str = setting("API_ROLES_CLAIM", text(CLAIM, CLAIM_ALLOWED), "roles")
    signing_keys_file: Path | None = setting("API_SIGNING_KEYS_FILE", path(), None)
    link_key_file: Path | None = setting("API_LINK_KEY_FILE", path(), None)
    link_longest: float = setting("API_LINK_SECONDS", seconds(60, 31_536_000), 604_800.0)
    rate_limit: int = setting("API_RATE_LIMIT", integer(1, 1_000_000), 600)
    max_body: int = setting("API_MAX_BODY_BYTES", integer(1_024, 1_900_000), 1_000_000)
    metrics_port: int = setting("API_METRICS_PORT", integer(0, 65_535), 0)
    prometheus_url: str = setting("PROMETHEUS_URL", text(URL, URL_ALLOWED), "")
    codec_encode: str = setting("API_CODEC_ENCODE", one_of("off", "on"), "off")
    deadline: float = setting("API_DEADLINE_SECONDS", seconds(0.1, 60), 10.0)
    data_dir: Path = setting("DATA_DIR", path(), Path(".data"))

    @property
    def base_url(self) -> str:
        """Where a browser reaches the API, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.port}"

    @property
    def keys_dir(self) -> Path:
        """The folder of the keys that are made for local use."""
        return self.data_dir / "api"


@dataclass(frozen=True)
class ServiceSettings:
    """The API's settings, and the project's."""

    core: Settings = field(default_factory=Settings)
    api: ApiSettings = field(default_factory=ApiSettings)


def load_service_settings(
    environment: Mapping[str, str] | None = None, dotenv: Path | None = None
) -> ServiceSettings:
    """Reads every setting of the API and of the project; arguments as those of `load_settings`.

    Raises:
        ConfigError: One or more values cannot be used; all of them are named.
    """
    problems: list[str] = []
    core = Settings()
    try:
        core = load_settings(environment, dotenv)
    except ConfigError as error:
        problems += error.problems
    api = read_section(ApiSettings, merged_environment(environment, dotenv, []), problems)
    if api.token_key_file is not None and api.jwks_url:
        problems.append(f"API_JWKS_URL={api.jwks_url!r}: allowed: only without API_TOKEN_KEY_FILE")
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    return ServiceSettings(core, api)

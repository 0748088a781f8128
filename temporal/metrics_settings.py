"""Where Prometheus finds the figures of supervisor, workers and API."""

from dataclasses import dataclass

from temporal.settings import integer, setting, text

IPV4 = r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}"
IPV4_ALLOWED = "an IPv4 address, such as 127.0.0.1"


@dataclass(frozen=True)
class MetricsSettings:
    """Prometheus endpoints, without a password; 0 for none.

    Attributes:
        port: The supervisor's, or a plain worker's; under a supervisor the worker in slot N has `port` + N.
        host: The address of all of them, the API's too. Another one than this machine's own is for a network
            that nobody else is on, as between containers.
    """

    port: int = setting("METRICS_PORT", integer(0, 65_000), 0)
    host: str = setting("METRICS_HOST", text(IPV4, IPV4_ALLOWED), "127.0.0.1")

    def __str__(self) -> str:
        """Returns the settings as they are named in the environment."""
        return f"METRICS_HOST={self.host!r}, METRICS_PORT={str(self.port)!r}"

"""Every expression that dashboards and alerts ask of Prometheus, as they are shipped."""

import json
import re
from pathlib import Path

from tests.observability.prometheus_server import CONFIGURED

DASHBOARDS = CONFIGURED.parent / "grafana" / "dashboards"

RATE_INTERVAL = "20s"
"""What Grafana's `$__rate_interval` stands for: at least four scrapes."""


def dashboard_queries() -> dict[str, str]:
    """Returns the query of every panel, by dashboard, title and letter."""
    found = {}
    for file in sorted(DASHBOARDS.glob("*.json")):
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel.get("targets", []):
                name = f"{file.stem}: {panel['title']} {target['refId']}"
                found[name] = target["expr"].replace("$__rate_interval", RATE_INTERVAL)
    return found


def alert_expressions() -> dict[str, str]:
    """Returns the expression of every alert, by its name."""
    text = Path(CONFIGURED / "alerts.yml").read_text()
    return dict(re.findall(r"- alert: (\w+)\n\s+expr: (.+)", text))

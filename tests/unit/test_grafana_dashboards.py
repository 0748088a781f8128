"""What Grafana is given: panels side by side on the provisioned datasource, and documented metrics only."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.api.dashboard.charts import CHARTS
from tests.observability.expressions import DASHBOARDS, alert_expressions, dashboard_queries

DOCUMENT = (Path(__file__).parents[2] / "docs" / "observability.md").read_text()
OURS = re.compile(r"\b(?:workflow_outcomes|approvals?|effects|recovery|api|task_queue|data_disk)_[a-z_]+")
FILES = sorted(DASHBOARDS.glob("*.json"))


def expressions() -> list[str]:
    queries = [query for chart in CHARTS for query in chart.queries.values()]
    return [*dashboard_queries().values(), *alert_expressions().values(), *queries]


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return (
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_panels_have_ids_of_their_own_and_do_not_overlap(file: Path) -> None:
    panels: list[dict[str, Any]] = json.loads(file.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    assert not [pair for pair in itertools.combinations(places, 2) if overlap(*pair)]
    assert max(place["x"] + place["w"] for place in places) <= 24


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_panel_asks_the_provisioned_datasource_and_has_a_unit(file: Path) -> None:
    provisioned = (DASHBOARDS.parent / "datasources" / "prometheus.yml").read_text()
    for panel in json.loads(file.read_text())["panels"]:
        if panel["type"] != "row":
            assert f"uid: {panel['datasource']['uid']}\n" in provisioned
            assert panel["fieldConfig"]["defaults"]["unit"]
            assert panel["targets"]


def test_every_metric_of_ours_that_is_asked_for_is_documented() -> None:
    asked = {
        re.sub(r"_(bucket|count|sum)$", "", name) for query in expressions() for name in OURS.findall(query)
    }
    assert len(asked) >= 15
    assert not [name for name in sorted(asked) if f"`{name}`" not in DOCUMENT]


@pytest.mark.parametrize("alert", sorted(alert_expressions()))
def test_every_alert_has_words_on_what_to_do(alert: str) -> None:
    [row] = [line for line in DOCUMENT.splitlines() if line.startswith(f"| `{alert}` |")]
    assert all(len(cell.strip()) > 10 for cell in row.strip("|").split("|")[1:])

"""Readings from Prometheus: half an hour of every chart."""

import asyncio
import http.client
import json
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from services.api.dashboard.charts import CHARTS, Chart
from services.api.dashboard.readings import Lines, Readings
from services.api.problems import unavailable

SPAN_SECONDS, STEP_SECONDS = 1800, 15
ANSWER_SECONDS = 5.0
"""How long Prometheus may take for one query, in seconds."""


class Prometheus:
    """A Prometheus server.

    Args:
        url: Where it is.
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    async def readings(self) -> Readings:
        """Returns the last half hour.

        Raises:
            Problem: It does not answer (503).
        """
        end = int(time.time()) // STEP_SECONDS * STEP_SECONDS
        times = range(end - SPAN_SECONDS, end + 1, STEP_SECONDS)
        lines = await asyncio.gather(*(self._lines(chart, times) for chart in CHARTS))
        names = [chart.name for chart in CHARTS]
        return Readings(source="prometheus", times=list(times), charts=dict(zip(names, lines, strict=True)))

    async def _lines(self, chart: Chart, times: range) -> Lines:
        answers = await asyncio.gather(
            *(asyncio.to_thread(self._ask, query, times) for query in chart.queries.values())
        )
        return {
            name.format(**series["metric"]): _values(series["values"], times)
            for name, found in zip(chart.queries, answers, strict=True)
            for series in found
        }

    def _ask(self, query: str, times: range) -> list[dict[str, Any]]:
        asked = urlencode({"query": query, "start": times[0], "end": times[-1], "step": STEP_SECONDS})
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", f"{self._url.path.rstrip('/')}/api/v1/query_range?{asked}")
            with connection.getresponse() as answer:
                if answer.status != http.client.OK:
                    raise unavailable("Prometheus refuses; try again")
                found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
                return found
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            raise unavailable("Prometheus does not answer; try again") from error
        finally:
            connection.close()


def _values(pairs: Sequence[tuple[float, str]], times: range) -> list[float | None]:
    known: Mapping[float, float] = {at: float(value) for at, value in pairs}
    return [None if math.isnan(value := known.get(at, math.nan)) else value for at in times]

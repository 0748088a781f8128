"""What a Prometheus endpoint shows, as numbers."""

import urllib.request
from collections import defaultdict
from collections.abc import Iterable

from prometheus_client.parser import text_string_to_metric_families


class Shown:
    """The samples of one or more endpoints; those with the same name and labels are added up."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._samples: dict[str, dict[frozenset[tuple[str, str]], float]] = defaultdict(
            lambda: defaultdict(float)
        )
        for text in texts:
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    self._samples[sample.name][frozenset(sample.labels.items())] += sample.value

    def sum(self, name: str, **labels: str) -> float:
        """Returns the sum of all samples of a name that have these labels, among others."""
        return sum(self.of(name, **labels))

    def of(self, name: str, **labels: str) -> list[float]:
        """Returns the samples of a name that have these labels, among others."""
        return [value for found, value in self._samples[name].items() if labels.items() <= found]

    def values(self, label: str) -> set[str]:
        """Returns every value of a label, whatever sample has it."""
        return {
            value
            for samples in self._samples.values()
            for labels in samples
            for name, value in labels
            if name == label
        }


def scraped(*ports: int) -> Shown:
    """Asks the endpoints on ports of 127.0.0.1; nothing listens on a port of a worker that is not there."""
    return Shown(_text(port) for port in ports)


def _text(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            text: str = answer.read().decode()
            return text
    except ConnectionRefusedError:
        return ""
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            return ""
        raise

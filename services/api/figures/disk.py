"""How full the disk is that the data folder is on; in the Compose stack that is the disk of every volume."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


class Disk(Collector):
    """Asks at every look.

    Args:
        folder: A folder on the disk, or one that is still to be made there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields its size and what is free of it for this user, in bytes."""
        there = next(folder for folder in (self._folder, *self._folder.parents) if folder.exists())
        usage = shutil.disk_usage(there)
        yield GaugeMetricFamily("data_disk_size_bytes", "The disk of the data folder", value=usage.total)
        yield GaugeMetricFamily("data_disk_free_bytes", "What is free on it for this user", value=usage.free)

"""The names of the embedded target and what leads a worker to it, in one place for tests and tools."""

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports, worker_environment

__all__ = ["EmbeddedTarget", "free_ports", "worker_environment"]

"""How every part of the project reaches Temporal: by the SDK's own settings, with a bounded retry."""

import asyncio
import functools
import logging
import re
from collections.abc import Sequence

from temporalio.api.common.v1 import Payloads
from temporalio.client import Client, Interceptor
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from temporal.command_line import FAILED, NO_TEMPORAL, USAGE, CommandError
from temporal.config import ConnectionSettings, MetricsSettings
from temporal.encryption.converter import data_converter
from temporal.messages.validation import MAX_PAYLOAD_BYTES
from temporal.sdk_metrics import prometheus_config

FIRST_DELAY, LONGEST_DELAY = 0.1, 2.0
"""Seconds between attempts: doubled from the first to the longest."""

ATTEMPT_SECONDS = 10.0
"""Longest single attempt, in seconds: an address that swallows packets must not use up the whole patience."""

NO_METRICS = MetricsSettings()

REFUSALS = ("code: Unauthenticated", "code: PermissionDenied")
"""Answers that waiting does not change, as the SDK's core names them in its error text."""

FAULTS = ("Invalid headers", "Invalid URI", "InvalidUri", "ParseError")
"""What its error text holds when a setting (a header, a server name, a certificate) cannot be used at all."""


async def connect(
    settings: ConnectionSettings,
    *,
    patience: float = 5.0,
    identity: str | None = None,
    metrics: MetricsSettings = NO_METRICS,
    interceptors: Sequence[Interceptor] = (),
) -> Client:
    """Connects to Temporal.

    Args:
        settings: Address, namespace, TLS, API key, and the keys that payloads are encrypted with.
        patience: How long to try, in seconds; at least one attempt is made.
        identity: What the server calls this client; by default the SDK's process id and host.
        metrics: Where Prometheus finds the SDK's metrics; by default nowhere.
        interceptors: What to put around its calls and its workers, as for traces.

    Returns:
        A client of the settings' namespace.

    Raises:
        CommandError: Temporal cannot be reached (exit code 3), refuses this client (1), or a setting cannot
            be used (2). Only the first is waited for.
    """
    runtime = _runtime(metrics)
    loop = asyncio.get_running_loop()
    end, delay = loop.time() + patience, FIRST_DELAY
    while True:
        left = max(end - loop.time(), 0.0)
        try:
            async with asyncio.timeout(max(min(left, ATTEMPT_SECONDS), 1.0)):
                return await _connect_once(settings, identity, runtime, interceptors)
        except TimeoutError:
            reason = "no answer"
        except ValueError as error:
            raise _unusable(settings, error) from error
        except RuntimeError as error:
            reason = _reason(error)
            if any(refusal in str(error) for refusal in REFUSALS):
                raise CommandError(f"Temporal at {settings.address} refuses: {reason}", FAILED) from error
            if any(fault in str(error) for fault in FAULTS):
                raise _unusable(settings, error) from error
        if loop.time() + delay >= end:
            raise CommandError(
                f"cannot reach Temporal at {settings.address} ({reason}); start it, or set TEMPORAL_ADDRESS",
                NO_TEMPORAL,
            )
        await asyncio.sleep(delay)
        delay = min(delay * 2, LONGEST_DELAY)


async def _connect_once(
    settings: ConnectionSettings, identity: str | None, runtime: Runtime, interceptors: Sequence[Interceptor]
) -> Client:
    return await Client.connect(
        settings.address,
        namespace=settings.namespace,
        tls=settings.tls,
        api_key=settings.api_key,
        rpc_metadata=settings.rpc_metadata,
        identity=identity,
        runtime=runtime,
        data_converter=data_converter(settings.keyring),
        interceptors=interceptors,
    )


@functools.cache
def _runtime(settings: MetricsSettings) -> Runtime:
    """Returns the SDK's threads, with the log of its core sent to Python's.

    Left alone the core writes coloured lines to standard output, amid what a script prints there. A program
    that sets up no logs stays silent.
    """
    log = logging.getLogger("temporalio.core")
    log.addHandler(logging.NullHandler())
    forwarding = LogForwardingConfig(log, append_target_to_name=False)
    levels = TelemetryFilter(core_level="WARN", other_level="ERROR")
    metrics = prometheus_config(settings.host, settings.port) if settings.port else None
    telemetry = TelemetryConfig(logging=LoggingConfig(levels, forwarding=forwarding), metrics=metrics)
    try:
        return Runtime(telemetry=telemetry)
    except (RuntimeError, ValueError) as error:
        raise CommandError(f"{settings}: {error}", FAILED) from error


def _unusable(settings: ConnectionSettings, error: Exception) -> CommandError:
    return CommandError(f"cannot connect to {settings.address} with these settings: {_reason(error)}", USAGE)


def _reason(error: Exception) -> str:
    """Returns the words for people within the nested error of the SDK's core."""
    text = str(error)
    if "InvalidContentType" in text:
        return "TLS is on here, but not there"
    quoted = re.search(r'(?:message|error): "((?:[^"\\]|\\.)+)"', text)
    return quoted[1].replace('\\"', '"') if quoted else text[:200]


async def check_size(client: Client, field: str, *values: object) -> None:
    """Refuses what the server would refuse, before it is sent.

    Args:
        client: The client whose converter and codec will encode the values.
        field: What the values are, for the message.
        values: The arguments of a start, signal, query or update.

    Raises:
        CommandError: Together they are larger than 2 MiB when encoded (exit code 2).
    """
    size = Payloads(payloads=await client.data_converter.encode(values)).ByteSize()
    if size > MAX_PAYLOAD_BYTES:
        raise CommandError(f"{field}: at most {MAX_PAYLOAD_BYTES} bytes encoded, got {size}", USAGE)

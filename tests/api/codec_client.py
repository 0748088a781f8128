"""The codec server as a test uses it: with keys, asked in Protobuf's JSON."""

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

from temporalio.api.common.v1 import Payload

from services.api.app import create_app
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.encryption.converter import data_converter
from temporal.encryption.key_file import new_key
from temporal.encryption_settings import Keyring
from tests.api.api_client import Api, settings_of

OLD, NEW = new_key("old"), new_key("new")
KEYS = Keyring((NEW, OLD))

UI = "http://127.0.0.1:8233"
"""The Temporal UI's origin."""


def as_json(*payloads: Payload) -> dict[str, Any]:
    """Returns the body of a request or an answer, as the Temporal UI has it."""
    return {"payloads": [{"metadata": _texts(each.metadata), "data": _text(each.data)} for each in payloads]}


async def encoded(value: object, keyring: Keyring | None = KEYS) -> Payload:
    """Returns a value as a client with these keys sends it."""
    [payload] = await data_converter(keyring).encode([value])
    return payload


@asynccontextmanager
async def codec_server(
    target: EmbeddedTarget, keyring: Keyring | None = KEYS, **changed: Any
) -> AsyncIterator[Api]:
    """Yields the API with keys; it does not wait for Temporal, which this needs not."""
    settings = settings_of(target)
    connection = replace(settings.core.connection, keyring=keyring)
    settings = replace(
        settings,
        core=replace(settings.core, connection=connection),
        api=replace(settings.api, ui_url=f"{UI}/", **changed),
    )
    async with AsyncExitStack() as stack:
        yield Api(create_app(settings), settings, target, stack)


def _texts(metadata: Mapping[str, bytes]) -> dict[str, str]:
    return {name: _text(value) for name, value in metadata.items()}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()

"""Values of workflows of any type, as JSON knows them, so that every script can show them."""

import json
import math

from temporalio.api.common.v1 import Payload
from temporalio.client import Client


def plain_value(payload: Payload) -> object:
    """Returns a payload's value; what is no JSON is described in words.

    Args:
        payload: A payload that no codec has encoded.
    """
    encoding = payload.metadata.get("encoding", b"").decode(errors="replace")
    if encoding == "binary/null":
        return None
    try:
        if encoding.startswith("json/"):
            # JSON has no NaN and no infinity; some writers do.
            return json.loads(payload.data, parse_constant=str, parse_float=_finite)
    except (ValueError, RecursionError):
        pass
    return f"<{len(payload.data)} bytes of {encoding or 'unknown encoding'}>"


async def decoded(client: Client, payloads: list[Payload]) -> list[object]:
    """Returns the plain values of payloads as they are stored, the client's codec undone."""
    codec = client.data_converter.payload_codec
    return [plain_value(payload) for payload in (await codec.decode(payloads) if codec else payloads)]


def _finite(text: str) -> float | str:
    value = float(text)
    return value if math.isfinite(value) else text

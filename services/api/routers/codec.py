"""The codec server: decrypts payloads for the Temporal UI and CLI, by Temporal's remote codec protocol."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from temporalio.api.common.v1 import Payload

from services.api.description import ALWAYS, problems
from services.api.identity import Identity, Role, current_identity
from services.api.parameters import App
from services.api.problems import Problem, invalid
from temporal.encryption.errors import UnreadableError

router = APIRouter(prefix="/codec", tags=["codec"])

BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
MAX_PAYLOADS = 1_000

Base64 = Annotated[str, Field(pattern=BASE64)]
Reader = Annotated[Identity, Depends(current_identity)]
"""Who asks: by bearer token, or from the Temporal UI by the session cookie of the pages."""

Transform = Callable[[Sequence[Payload]], Awaitable[list[Payload]]]


class PayloadJson(BaseModel):
    """A payload in Protobuf's JSON: bytes are base64. Fields of later versions are passed over."""

    metadata: dict[str, Base64] = {}
    data: Base64 = ""

    def message(self) -> Payload:
        """Returns the payload."""
        metadata = {name: base64.b64decode(value) for name, value in self.metadata.items()}
        return Payload(metadata=metadata, data=base64.b64decode(self.data))


class PayloadsJson(BaseModel):
    """What is asked and what is answered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "ImhlbGxvIg=="}]}
            ]
        }
    )

    payloads: list[PayloadJson] = Field(default=[], max_length=MAX_PAYLOADS)


@router.post("/decode", responses=problems(*ALWAYS, 403))
async def decode(body: PayloadsJson, reader: Reader, app: App) -> PayloadsJson:
    """Decrypts payloads; what is not encrypted comes back as it is. Takes the role admin or auditor."""
    reader.require(Role.ADMIN, Role.AUDITOR)
    return await _transformed(body, app.codec.decode)


@router.post("/encode", responses=problems(*ALWAYS, 403))
async def encode(body: PayloadsJson, reader: Reader, app: App) -> PayloadsJson:
    """Encrypts payloads, for a start or a signal from the UI. Takes the role admin, and must be turned on."""
    reader.require(Role.ADMIN)
    if app.settings.api.codec_encode != "on":
        raise Problem(403, "this codec server only decodes (API_CODEC_ENCODE)")
    return await _transformed(body, app.codec.encode)


async def _transformed(body: PayloadsJson, transform: Transform) -> PayloadsJson:
    try:
        payloads = await transform([payload.message() for payload in body.payloads])
    except UnreadableError as error:
        raise invalid([error.message]) from error
    return PayloadsJson(payloads=[_json_of(payload) for payload in payloads])


def _json_of(payload: Payload) -> PayloadJson:
    metadata = {name: base64.b64encode(value).decode() for name, value in payload.metadata.items()}
    return PayloadJson(metadata=metadata, data=base64.b64encode(payload.data).decode())

"""The digest of an activity's input: tells a retry of the same effect from another effect under its key.

Version `v1` is SHA-256 over canonical JSON of the message's type and of the fields that differ from their
defaults. A field that a deploy adds, with a default, therefore leaves the digest of a healthy retry alone.
A field whose metadata says `{"digest": False}` never counts.
"""

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

VERSION = "v1"


def digest_of(message: "DataclassInstance") -> str:
    """Returns `v1:` and 64 hexadecimal digits.

    Args:
        message: A dataclass instance whose fields hold JSON values, lists, dicts and further dataclasses.

    Raises:
        TypeError: A field holds something that has no JSON form.
    """
    return f"{VERSION}:{hashlib.sha256(_text(_canonical(message)).encode()).hexdigest()}"


def _canonical(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"type": type(value).__name__, "fields": _telling_fields(value)}
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    # 5.0 and 5 are one number in JSON: which of them arrives depends on who encoded it.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _telling_fields(message: "DataclassInstance") -> dict[str, object]:
    telling: dict[str, object] = {}
    for field in dataclasses.fields(message):
        if not field.metadata.get("digest", True):
            continue
        value = _canonical(getattr(message, field.name))
        # Texts are compared, because Python holds True and 1 for equal and JSON does not.
        if not _has_default(field) or _text(value) != _text(_canonical(_default(field))):
            telling[field.name] = value
    return telling


def _has_default(field: "dataclasses.Field[object]") -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _default(field: "dataclasses.Field[object]") -> object:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))

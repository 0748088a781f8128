"""How a stored result is written and read: the one place that knows its form (JSON, as Temporal's own)."""

import json
from typing import TYPE_CHECKING, TypeVar

from temporalio.converter import AdvancedJSONEncoder, value_to_type

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")


def encode_result(result: "DataclassInstance") -> str:
    """Returns the text that is stored.

    Raises:
        TypeError: The result has no JSON form.
    """
    return json.dumps(result, cls=AdvancedJSONEncoder, sort_keys=True, separators=(",", ":"))


def decode_result(text: str, result_type: type[R]) -> R:
    """Returns the result that `text` holds.

    A field that an older release did not store gets its default; one that a newer release stored is ignored.

    Raises:
        ValueError, TypeError: The text does not hold a `result_type`.
    """
    decoded: R = value_to_type(result_type, json.loads(text))
    return decoded

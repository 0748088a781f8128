"""The codec and the converter around it: what is encrypted, who can read it, and how a refusal looks."""

import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from temporal.encryption.codec import EncryptionCodec
from temporal.encryption.converter import data_converter
from temporal.encryption.errors import UnreadableError
from temporal.encryption.key_file import new_key
from temporal.encryption_settings import Keyring

OLD, NEW = new_key("old"), new_key("new")
KEYRINGS = {"off": None, "on": Keyring((NEW,))}


async def encoded(value: object, keyring: Keyring | None) -> Payload:
    [payload] = await data_converter(keyring).encode([value])
    return payload


@given(data=st.binary(max_size=200), metadata=st.dictionaries(st.text(max_size=9), st.binary(max_size=9)))
async def test_any_payload_comes_back_as_it_was(data: bytes, metadata: dict[str, bytes]) -> None:
    codec, payload = EncryptionCodec(Keyring((NEW,))), Payload(metadata=metadata, data=data)
    assert await codec.decode(await codec.encode([payload])) == [payload]


async def test_an_encrypted_payload_names_its_key_and_nothing_else() -> None:
    payload = await encoded({"secret": "word"}, Keyring((NEW, OLD)))
    assert payload.metadata == {"encoding": b"binary/encrypted", "encryption-key-id": b"new"}
    assert b"word" not in payload.data


async def test_the_form_is_that_of_temporals_samples() -> None:
    payload = await encoded("word", Keyring((NEW,)))
    plain = Payload.FromString(AESGCM(NEW.secret).decrypt(payload.data[:12], payload.data[12:], None))
    assert plain == await encoded("word", None)


async def test_the_same_value_is_never_encrypted_to_the_same_bytes() -> None:
    assert len({(await encoded("word", Keyring((NEW,)))).data for _ in range(100)}) == 100


async def test_an_older_key_and_plain_payloads_stay_readable() -> None:
    rotated = data_converter(Keyring((NEW, OLD)))
    payloads = [await encoded("one", Keyring((OLD,))), await encoded("two", None)]
    assert await rotated.decode(payloads) == ["one", "two"]


@pytest.mark.parametrize("kind", KEYRINGS)
async def test_a_key_that_is_not_there_is_named(kind: str) -> None:
    payload = await encoded("word", Keyring((OLD,)))
    with pytest.raises(UnreadableError, match=r"key 'old', and this process has (only new|no key): set "):
        await data_converter(KEYRINGS[kind]).decode([payload])


@pytest.mark.parametrize("change", ["key", "data", "short", "empty"])
async def test_what_another_key_of_the_id_made_or_what_was_changed_is_refused(change: str) -> None:
    maker = new_key("new") if change == "key" else NEW
    payload = await encoded("word", Keyring((maker,)))
    if change == "data":
        payload.data = payload.data[:-1] + bytes([payload.data[-1] ^ 1])
    elif change != "key":
        payload.data = payload.data[:11] if change == "short" else b""
    with pytest.raises(UnreadableError, match="another key than the 'new'"):
        await data_converter(Keyring((NEW,))).decode([payload])


async def test_a_key_id_cannot_smuggle_lines_into_an_error() -> None:
    payload = Payload(metadata={"encoding": b"binary/encrypted", "encryption-key-id": b"\x1b[2J\nerror\xff"})
    with pytest.raises(UnreadableError) as refusal:
        await data_converter(None).decode([payload])
    assert refusal.value.message.isprintable()


async def test_a_failures_message_stack_detail_and_cause_are_encrypted() -> None:
    converter, failure = data_converter(Keyring((NEW,))), Failure()
    try:
        try:
            raise ValueError("word in the cause")
        except ValueError as cause:
            raise ApplicationError("word", "word in a detail", type="Kind") from cause
    except ApplicationError as error:
        await converter.encode_failure(error, failure)
    assert b"word" not in failure.SerializeToString()
    assert failure.application_failure_info.type == "Kind"  # the server reads it, for the retry policy
    with pytest.raises(UnreadableError):
        await data_converter(None).decode_failure(failure)
    decoded = await converter.decode_failure(failure)
    assert isinstance(decoded, ApplicationError)
    assert (decoded.message, decoded.details) == ("word", ("word in a detail",))
    assert str(decoded.__cause__) == "ValueError: word in the cause"


@pytest.mark.parametrize("kind", KEYRINGS)
def test_a_refusal_is_in_clear_and_to_be_retried_whatever_the_sdk_made_of_it(kind: str) -> None:
    converter, failure = data_converter(KEYRINGS[kind]), Failure()
    error = ApplicationError("Failed decoding heartbeat details", non_retryable=True)
    error.__cause__ = UnreadableError("no key")
    converter.failure_converter.to_failure(error, converter.payload_converter, failure)
    assert (failure.message, failure.application_failure_info.non_retryable) == ("no key", False)


async def test_without_encryption_payloads_and_failures_are_the_sdks_own() -> None:
    ours, stock = Failure(), Failure()
    await data_converter(None).encode_failure(ApplicationError("word", 1), ours)
    await DataConverter.default.encode_failure(ApplicationError("word", 1), stock)
    assert ours == stock
    assert [await encoded("word", None)] == await DataConverter.default.encode(["word"])


def test_the_library_is_not_loaded_while_encryption_is_off() -> None:
    program = (
        "import sys, temporal.client, temporal.encryption.stored;"
        "temporal.client.data_converter(None); sys.exit('cryptography' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

"""The payload codec: every payload that leaves a process is encrypted, with its key's id beside it.

The form is that of Temporal's own encryption samples (metadata `encoding` and `encryption-key-id`, the nonce
before the ciphertext of the whole payload), so that workers in other languages can share the keys. What is
not encrypted is read as it is: workflows that began before encryption was turned on go on.
"""

from collections.abc import Iterable, Sequence

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from temporal.encryption.cipher import Cipher
from temporal.encryption.errors import UnreadableError, missing_key, wrong_key
from temporal.encryption_settings import Keyring

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"


class GuardCodec(PayloadCodec):
    """Encryption is off: passes payloads on, and refuses to read an encrypted one.

    Without it the SDK would call the payload's encoding unknown, each place in its own way: a workflow waits,
    yet a signal's handler that takes raw values would drop a decision.
    """

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Returns the payloads themselves."""
        return list(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Returns the payloads themselves.

        Raises:
            UnreadableError: One of them is encrypted.
        """
        for payload in payloads:
            if is_encrypted(payload):
                raise missing_key("the payload", key_id_of(payload), None)
        return list(payloads)


class EncryptionCodec(PayloadCodec):
    """Encrypts with the current key; decrypts with whichever key a payload names."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._ciphers = {key.id: Cipher(key) for key in keyring.keys}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Returns one encrypted payload for each."""
        key = self._keyring.current
        cipher, key_id = self._ciphers[key.id], key.id.encode()
        return [
            Payload(
                metadata={"encoding": ENCODING, KEY_ID: key_id},
                data=cipher.encrypted(payload.SerializeToString()),
            )
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Returns one payload for each, decrypted if it was encrypted.

        Raises:
            UnreadableError: The key of one is not at hand, or does not fit.
        """
        return [self._decoded(payload) if is_encrypted(payload) else payload for payload in payloads]

    def _decoded(self, payload: Payload) -> Payload:
        key_id = key_id_of(payload)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise missing_key("the payload", key_id, self._keyring)
        try:
            return Payload.FromString(cipher.decrypted(payload.data))
        except (ValueError, DecodeError):
            raise wrong_key("the payload", key_id) from None


def payload_codec(keyring: Keyring | None) -> PayloadCodec:
    """Returns the codec for these keys, or the guard when there are none."""
    return EncryptionCodec(keyring) if keyring else GuardCodec()


def is_encrypted(payload: Payload) -> bool:
    """Tells whether a payload says that it is encrypted."""
    return payload.metadata.get("encoding") == ENCODING


def key_id_of(payload: Payload) -> str:
    """Returns the id of the key that an encrypted payload names; not to be trusted, but printable."""
    named = payload.metadata.get(KEY_ID, b"").decode(errors="replace")
    return "".join(each if each.isprintable() else "?" for each in named[:64])


def unreadable_within(error: BaseException | None) -> UnreadableError | None:
    """Returns the `UnreadableError` that an error is or was caused by, if any."""
    for each in _chain(error):
        if isinstance(each, UnreadableError):
            return each
    return None


def _chain(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__

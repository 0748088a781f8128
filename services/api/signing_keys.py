"""The Ed25519 keys with which the API vouches for who decides; the workflow checks them."""

import base64
import re
import secrets
from dataclasses import replace
from typing import TypeVar

from services.api.local_keys import made_once, read_key
from services.api.problems import unavailable
from services.api.settings import ApiSettings
from temporal.command_line import USAGE, CommandError
from temporal.messages.decide import DecideInput, WithdrawInput, signed_bytes
from temporal.messages.signing import public_key_of, sign

VARIABLE = "API_SIGNING_KEYS_FILE"

M = TypeVar("M", bound=DecideInput | WithdrawInput)


class SigningKeys:
    """Private keys by id; the first vouches for new requests, the others for requests that name them.

    To change a key, write the new one above the old one, and take the old one out once no request that
    names it waits any more.

    Args:
        private_keys: Base64 of the 32 raw bytes of each, by key id.
    """

    def __init__(self, private_keys: dict[str, str]) -> None:
        self._private = private_keys
        self._public = {name: public_key_of(key) for name, key in private_keys.items()}

    @property
    def of_new_requests(self) -> dict[str, str]:
        """What the policy of a new request names: the first key's id and public key."""
        first = next(iter(self._public))
        return {first: self._public[first]}

    def signed(self, approval_id: str, message: M, named: dict[str, str]) -> M:
        """Signs what is sent to an approval.

        Args:
            approval_id: Which approval.
            message: What is sent.
            named: The policy's keys; empty when it asks for no signature.

        Raises:
            Problem: The API has none of the keys that the request names (503).
        """
        if not named:
            return message
        ours = [name for name, public in named.items() if self._public.get(name) == public]
        if not ours:
            raise unavailable(f"the API has no key for this request; put it back into {VARIABLE}")
        unsigned = replace(message, key_id=ours[0])
        signature = sign(self._private[ours[0]], signed_bytes(approval_id, unsigned))
        return replace(unsigned, signature=signature)


def load_signing_keys(settings: ApiSettings) -> SigningKeys:
    """Reads the keys: lines of a key id, a space and a private key in base64; `#` begins a comment.

    Raises:
        CommandError: The file cannot be read or a line is not right (exit code 2).
    """
    if settings.signing_keys_file is None:
        name = f"local-{secrets.token_hex(4)}"
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        file, where = settings.keys_dir / "signing_keys", "the local signing key"
        content = made_once(file, f"{name} {key}".encode())
    else:
        file, where = settings.signing_keys_file, VARIABLE
        content = read_key(file, VARIABLE)
    keys: dict[str, str] = {}
    for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, key = line.strip().partition(" ")
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name) or name in keys or not _is_private(key):
            raise CommandError(f"{where}: {str(file)!r}, line {number}: allowed: KEY_ID BASE64_KEY", USAGE)
        keys[name] = key
    if not keys:
        raise CommandError(f"{where}: {str(file)!r}: holds no key", USAGE)
    return SigningKeys(keys)


def _is_private(key: str) -> bool:
    try:
        return bool(public_key_of(key))
    except ValueError:
        return False

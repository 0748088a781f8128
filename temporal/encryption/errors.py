"""What goes wrong with encrypted data, in words without a secret."""

from temporal.command_line import FAILED, CommandError
from temporal.encryption_settings import Keyring


class UnreadableError(CommandError):
    """Encrypted data that this process cannot read: it has no key, another one, or the data was changed.

    Its message names key ids only, so that it may stand in a history and a log as it is.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem, FAILED)


def missing_key(what: str, key_id: str, keyring: Keyring | None) -> UnreadableError:
    """Returns the error for data of a key that is not at hand.

    Args:
        what: What cannot be read, in one word or two.
        key_id: The key that it names.
        keyring: What this process has.
    """
    mine = f"only {', '.join(key.id for key in keyring.keys)}" if keyring else "no key"
    return UnreadableError(
        f"{what} is encrypted with key {key_id!r}, and this process has {mine}: "
        "set ENCRYPTION_KEY_FILE or ENCRYPTION_KEYS"
    )


def wrong_key(what: str, key_id: str) -> UnreadableError:
    """Returns the error for data that the key of its id does not open."""
    return UnreadableError(
        f"{what} was encrypted with another key than the {key_id!r} of this process, or was changed since"
    )

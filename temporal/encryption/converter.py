"""The data converter of every client and worker of this project."""

from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter, DefaultFailureConverter, PayloadConverter

from temporal.encryption.codec import payload_codec, unreadable_within
from temporal.encryption_settings import Keyring


class PlainFailures(DefaultFailureConverter):
    """Failures as the SDK writes them, but what cannot be decrypted never ends a workflow.

    The SDK calls heartbeat details that it cannot decode a failure that is not to be retried. A worker with a
    wrong key would so end work that the next worker could go on with.
    """

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        """Writes the exception; of one that comes from an unreadable payload only that, to be retried."""
        unreadable = unreadable_within(exception)
        if unreadable is None:
            super().to_failure(exception, payload_converter, failure)
        else:
            # In clear text, since whoever may see it has no key. It names key ids only.
            failure.message = unreadable.message
            failure.application_failure_info.type = type(unreadable).__name__


class EncryptedFailures(PlainFailures):
    """The same with message and stack trace moved to where the codec encrypts them."""

    def __init__(self) -> None:
        DefaultFailureConverter.__init__(self, encode_common_attributes=True)


def data_converter(keyring: Keyring | None) -> DataConverter:
    """Returns the converter that encrypts with `keyring`, or that only refuses what is encrypted.

    The two kinds of process can meet: keys are spread before they are used, and each reads plain payloads.
    """
    failures = EncryptedFailures if keyring else PlainFailures
    return DataConverter(payload_codec=payload_codec(keyring), failure_converter_class=failures)

"""The TLS of the gateway's own connection, from the settings that the SDK's clients use too."""

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.service import TLSConfig

from temporal.config import ConnectionSettings


def tls_context(settings: ConnectionSettings) -> tuple[ssl.SSLContext | None, str]:
    """Returns how to reach Temporal by TLS, and the name its certificate must have if not the address's.

    None means plaintext. An API key alone means TLS, as it does for the SDK.

    Raises:
        OSError: Certificate and key do not fit together, or are none.
    """
    if settings.tls is False and not settings.api_key:
        return None, ""
    tls = settings.tls if isinstance(settings.tls, TLSConfig) else TLSConfig()
    authorities = tls.server_root_ca_cert.decode() if tls.server_root_ca_cert else None
    context = ssl.create_default_context(cadata=authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])
    if tls.client_cert and tls.client_private_key:
        with (
            TemporaryDirectory() as name
        ):  # the ssl module reads them from files only; the folder is ours alone
            certificate, key = Path(name, "certificate"), Path(name, "key")
            certificate.write_bytes(tls.client_cert)
            key.touch(mode=0o600)
            key.write_bytes(tls.client_private_key)
            context.load_cert_chain(certificate, key)
    return context, tls.domain or ""

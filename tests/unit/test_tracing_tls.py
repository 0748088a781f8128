"""A receiver with TLS is trusted by the authority that the setting names, and by nothing else."""

import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.otlp_receiver import Receiver

PROGRAM = """
from opentelemetry import trace
from temporal.config import load_settings
from temporal.tracing.starting import start_tracing

tracing = start_tracing(load_settings().tracing, "cli", "one")
trace.get_tracer("test").start_span("sent").end()
tracing.flush()
"""


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """The certificate of a receiver on 127.0.0.1, signed by itself, and its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file = tmp_path / "authority.pem"
    file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def secure(authority: Path) -> Iterator[Receiver]:
    """A receiver that speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, authority.with_name("key.pem"))
    with Receiver(tls=context) as receiver:
        yield receiver


def send(folder: Path, variables: dict[str, str]) -> None:
    program = [sys.executable, "-c", PROGRAM]
    root = str(Path(__file__).parents[2])
    subprocess.run(program, env={**variables, "PYTHONPATH": root}, cwd=folder, check=True, timeout=60)


def test_spans_go_to_a_receiver_whose_authority_is_named(
    secure: Receiver, authority: Path, tmp_path: Path
) -> None:
    named = {"OTEL_EXPORTER_OTLP_ENDPOINT": secure.url, "OTEL_EXPORTER_OTLP_CERTIFICATE": str(authority)}
    send(tmp_path, named)
    [span] = secure.spans()
    assert (span.name, span.service, span.instance) == ("sent", "durable-workflows-cli", "one")


def test_spans_do_not_go_to_a_receiver_that_nobody_known_has_signed(secure: Receiver, tmp_path: Path) -> None:
    send(tmp_path, {"OTEL_EXPORTER_OTLP_ENDPOINT": secure.url})
    assert secure.spans() == []

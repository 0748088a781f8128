"""Keys and certificates: P-256 throughout, authorities for ten years, all others for as long as asked."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from temporal.certs.plan import Certificate

AUTHORITY_DAYS = 3_650
SKEW = timedelta(minutes=5)
"""How far the clock of whoever checks a certificate may be behind."""


@dataclass(frozen=True)
class Issued:
    """A certificate and its key, as PEM."""

    certificate: bytes
    key: bytes


def new_key() -> ec.EllipticCurvePrivateKey:
    """Returns a random key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Returns a key as PEM, not encrypted: the file's mode keeps it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def read_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """Reads a key.

    Raises:
        ValueError: It is none of ours.
    """
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("allowed: a P-256 key")
    return key


def new_authority(name: str) -> Issued:
    """Makes an authority, good for ten years."""
    key = new_key()
    subject = _name(f"durable-workflows {name}")
    builder = (
        _builder(subject, subject, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    return _signed(builder, key, key)


def issue(wanted: Certificate, authority: Issued, days: float) -> Issued:
    """Makes a certificate.

    Args:
        wanted: What it is for.
        authority: Who signs it.
        days: How long it is good; negative for one that has expired.
    """
    signer = x509.load_pem_x509_certificate(authority.certificate)
    key = new_key()
    purposes = [
        *([ExtendedKeyUsageOID.SERVER_AUTH] if wanted.serves else []),
        *([ExtendedKeyUsageOID.CLIENT_AUTH] if wanted.calls else []),
    ]
    builder = (
        _builder(_name(wanted.name), signer.subject, key.public_key(), days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    )
    if wanted.hosts:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(_general_names(wanted.hosts)), critical=False
        )
    return _signed(builder, key, read_key(authority.key))


def days_left(pem: bytes, authority: Issued | None = None) -> float:
    """Returns how many days a certificate is still good; minus infinity if another authority signed it.

    Raises:
        ValueError: It is no certificate.
    """
    certificate = x509.load_pem_x509_certificate(pem)
    if authority is not None:
        try:
            certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.certificate))
        except (ValueError, TypeError, InvalidSignature):
            return float("-inf")
    return (certificate.not_valid_after_utc - datetime.now(UTC)) / timedelta(days=1)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: float
) -> x509.CertificateBuilder:
    end = datetime.now(UTC) + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(datetime.now(UTC), end) - SKEW)
        .not_valid_after(end)
    )


def _signed(
    builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey
) -> Issued:
    # Go and OpenSSL find the signer among several of one name by these.
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    ).add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    certificate = builder.sign(signer, hashes.SHA256())
    return Issued(certificate.public_bytes(serialization.Encoding.PEM), key_pem(key))


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general_names(hosts: Iterable[str]) -> list[x509.GeneralName]:
    return [_general_name(host) for host in hosts]


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )

"""A stack with docker-compose.secure.yml over its own: everybody has to show who they are."""

import socket
import ssl
import struct
from dataclasses import dataclass, replace
from pathlib import Path

from google.protobuf.message import Message
from temporalio.client import Client
from temporalio.service import RPCStatusCode, TLSConfig

from temporal.certs.folder import AUTHORITY_FOLDER, Folder
from temporal.certs.issue import Issued
from temporal.client import connect
from temporal.config import ConnectionSettings
from temporal.recovery.http2.answer import Answer, Request
from temporal.recovery.upstream import SERVICE, Temporal
from tests.stack.compose_stack import ROOT, Stack, inspect

SECURE = ROOT / "docker" / "docker-compose.secure.yml"
DAYS = 100.0
PATIENCE_SECONDS = 30.0
"""How long one call may take, in seconds."""


@dataclass(frozen=True)
class Shown:
    """What a caller shows.

    Attributes:
        certificate: A client certificate with its key; None for none.
        token: A token; empty for none.
    """

    certificate: Issued | None
    token: str


class SecureStack(Stack):
    """The stack, secured.

    Args:
        folder: Where its passwords and certificates are kept.
        project: Its Compose project.
    """

    def __init__(self, folder: Path, project: str) -> None:
        super().__init__(folder, project, SECURE)
        self.certs = Folder(folder / "certs", "default", DAYS, renew_days=30)
        self.variables |= {"CERTS_DIR": str(self.certs.path), "COMPOSE_PROFILES": "app"}

    def renew(self) -> None:
        """Makes all certificates and tokens anew, by the same authorities."""
        replace(self.certs, renew_days=DAYS + 1).fill()

    def issued(self, file: str) -> Issued:
        """Returns a certificate and its key, by their file without the suffix."""
        path = self.certs.path / file
        return Issued(path.with_suffix(".crt").read_bytes(), path.with_suffix(".key").read_bytes())

    def authority(self, name: str) -> Issued:
        """Returns an authority."""
        return self.issued(f"{AUTHORITY_FOLDER}/{name}")

    def token(self, role: str) -> str:
        """Returns a role's token."""
        return (self.certs.path / role / "token").read_text()

    def shown(self, role: str) -> Shown:
        """Returns what a role shows."""
        return Shown(self.issued(f"{role}/client"), self.token(role))

    def connection(self, shown: Shown, address: str = "", authority: str = "servers") -> ConnectionSettings:
        """Returns the connection of a caller who trusts an authority; to the frontend by default."""
        name = "temporal-server" if authority == "servers" else "temporal-cluster"
        own = shown.certificate
        tls = TLSConfig(
            server_root_ca_cert=self.authority(authority).certificate,
            domain=name,
            client_cert=own.certificate if own else None,
            client_private_key=own.key if own else None,
        )
        return ConnectionSettings(address=address or self.address, tls=tls, api_key=shown.token or None)

    async def call(self, connection: ConnectionSettings, method: str, request: Message) -> Answer:
        """Makes one call of WorkflowService and returns what came of it."""
        upstream = Temporal(connection)
        try:
            data = request.SerializeToString()
            return await upstream.forward(Request(SERVICE + method, data, seconds=PATIENCE_SECONDS))
        finally:
            await upstream.close()

    async def client(self) -> Client:
        """Returns a connection to Temporal as the starter."""
        return await connect(self.connection(self.shown("starter")), patience=60)

    def database_url(self, role: str = "app", database: str = "app") -> str:
        """Returns the URL of a database as a role sees it from this host, over TLS."""
        trusted = self.certs.path / "public" / "ca.crt"
        return f"{super().database_url(role, database)}?sslmode=verify-full&sslrootcert={trusted}"

    def inside(self, port: int) -> str:
        """Returns the address of a port of Temporal's container that is open within the stack's network."""
        [network] = inspect(self.container("temporal-server"))["NetworkSettings"]["Networks"].values()
        return f"{network['IPAddress']}:{port}"

    def served(self) -> str:
        """Returns the certificate that the frontend shows, as PEM."""
        return ssl.get_server_certificate(("127.0.0.1", self.temporal_port))

    def served_by_postgresql(self) -> str:
        """Returns the certificate that PostgreSQL shows to whoever asks for TLS, as PEM."""
        context = ssl.create_default_context(cafile=self.certs.path / "public" / "ca.crt")
        with socket.create_connection(("127.0.0.1", self.postgres_port), PATIENCE_SECONDS) as plain:
            plain.sendall(struct.pack("!ii", 8, 80877103))  # SSLRequest
            assert plain.recv(1) == b"S"
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as encrypted:
                return ssl.DER_cert_to_PEM_cert(encrypted.getpeercert(binary_form=True) or b"")


REFUSED_BEFORE_A_WORD = RPCStatusCode.UNAVAILABLE
"""What a caller sees whose certificate is refused: the connection ends."""

"""What is made: which authority signs whose certificate, and which token says what its holder may.

Three authorities, so that no certificate can be used in another's place: what a client shows is no member of
Temporal's cluster, and what a server shows is no client.
"""

from dataclasses import dataclass

AUTHORITIES = ("servers", "cluster", "clients")
"""`servers` vouches for who is called, `cluster` for Temporal's own parts, `clients` for who calls."""

CLUSTER_NAME = "temporal-cluster"
"""The name that Temporal's parts show each other, whatever host they are on."""

LOCAL = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Certificate:
    """One certificate and its key.

    Attributes:
        file: Where it goes below the folder, without the suffix: `.crt` and `.key`.
        authority: Who signs it.
        name: Its common name.
        hosts: The DNS names and addresses that it is good for.
        serves: Whether a server may show it.
        calls: Whether a client may show it.
    """

    file: str
    authority: str
    name: str
    hosts: tuple[str, ...] = ()
    serves: bool = False
    calls: bool = False


@dataclass(frozen=True)
class Role:
    """Somebody who calls Temporal: a certificate lets them in, a token says what they may.

    Attributes:
        name: The role, its folder, and the token's subject.
        permissions: `NAMESPACE:PERMISSION` as Temporal's own claim mapper reads them; `{}` stands for ours.
    """

    name: str
    permissions: tuple[str, ...]


ROLES = (
    # The whole cluster, but to look at only: the UI lists the namespaces.
    Role("reader", ("temporal-system:read",)),
    # Temporal's authorizer asks for `write` to poll as it does to start: it cannot part these two.
    Role("worker", ("{}:write",)),
    Role("starter", ("{}:write",)),
    Role("admin", ("temporal-system:admin",)),
)

CERTIFICATES = (
    Certificate(
        "temporal-server/frontend",
        "servers",
        "temporal-frontend",
        hosts=("temporal-server", *LOCAL),
        serves=True,
    ),
    Certificate(
        "temporal-server/internode", "cluster", CLUSTER_NAME, hosts=(CLUSTER_NAME,), serves=True, calls=True
    ),
    Certificate("postgresql/server", "servers", "postgresql", hosts=("postgresql", *LOCAL), serves=True),
    *(Certificate(f"{role.name}/client", "clients", role.name, calls=True) for role in ROLES),
    # It is let in, and has no token: it shows what the token of whoever looks at it allows.
    Certificate("ui/client", "clients", "ui", calls=True),
)

TRUSTED = {
    "temporal-server/clients-ca.crt": "clients",
    "temporal-server/cluster-ca.crt": "cluster",
    "temporal-server/servers-ca.crt": "servers",
    "public/ca.crt": "servers",
    "ui/ca.crt": "servers",
    **{f"{role.name}/ca.crt": "servers" for role in ROLES},
}
"""Copies of authorities' certificates, by file: whom the holder of the folder trusts."""

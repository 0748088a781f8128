"""The folder of certificates and tokens: what is missing or ends soon is made anew, the rest stays.

Keys and tokens have mode 0600 in a folder that only its owner may enter. Each service's part is a folder of
its own: nobody is given what another holds. The authorities' keys are in none of them.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from temporal.certs.issue import Issued, days_left, issue, key_pem, new_authority, new_key, read_key
from temporal.certs.plan import AUTHORITIES, CERTIFICATES, ROLES, TRUSTED, Role
from temporal.certs.tokens import key_set, new_token, token_days_left

AUTHORITY_FOLDER = "authorities"
SIGNING_KEY = f"{AUTHORITY_FOLDER}/tokens.key"
KEY_SET = "temporal-server/jwks.json"


@dataclass(frozen=True)
class Folder:
    """A folder of certificates and tokens.

    Attributes:
        path: Where it is; made when it is missing.
        namespace: The namespace in which workers and starters may write.
        days: How long new certificates and tokens are good.
        renew_days: What is good for fewer days than this is made anew.
    """

    path: Path
    namespace: str
    days: float
    renew_days: float

    def fill(self) -> list[str]:
        """Makes what is missing or ends soon; returns the files of what was made, in order.

        Raises:
            OSError: Something cannot be read or written.
            ValueError: A file that is there does not hold what its name says; names the file.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        made: list[str] = []
        authorities = {name: self._authority(name, made) for name in AUTHORITIES}
        for wanted in CERTIFICATES:
            authority = authorities[wanted.authority]
            if self._left(wanted.file, authority) < self.renew_days:
                self._write_pair(wanted.file, issue(wanted, authority, self.days))
                made.append(f"{wanted.file}.crt")
        for name, trusted in TRUSTED.items():
            self._write(name, authorities[trusted].certificate)
        self._fill_tokens(made)
        return made

    def _authority(self, name: str, made: list[str]) -> Issued:
        file = f"{AUTHORITY_FOLDER}/{name}"
        if self._left(file) < self.days:  # whom it vouches for must not outlive it
            self._write_pair(file, new_authority(name))
            made.append(f"{file}.crt")
        return Issued((self.path / f"{file}.crt").read_bytes(), (self.path / f"{file}.key").read_bytes())

    def _fill_tokens(self, made: list[str]) -> None:
        signing = self.path / SIGNING_KEY
        if not signing.exists():
            self._write(SIGNING_KEY, key_pem(new_key()), secret=True)
            made.append(SIGNING_KEY)
        try:
            key = read_key(signing.read_bytes())
        except ValueError as error:
            raise ValueError(f"{signing}: {error}") from None
        self._write(KEY_SET, key_set(key).encode())
        for role in ROLES:
            file = f"{role.name}/token"
            if self._token_left(file, role, key) < self.renew_days:
                self._write(file, new_token(role, self.namespace, key, self.days).encode(), secret=True)
                made.append(file)

    def _left(self, file: str, authority: Issued | None = None) -> float:
        certificate = self.path / f"{file}.crt"
        if not (certificate.exists() and (self.path / f"{file}.key").exists()):
            return float("-inf")
        try:
            return days_left(certificate.read_bytes(), authority)
        except ValueError:
            raise ValueError(f"{certificate}: allowed: a certificate") from None

    def _token_left(self, file: str, role: Role, key: ec.EllipticCurvePrivateKey) -> float:
        token = self.path / file
        return (
            token_days_left(token.read_bytes(), role, self.namespace, key)
            if token.exists()
            else float("-inf")
        )

    def _write_pair(self, file: str, issued: Issued) -> None:
        # The key first: a certificate that is there says that its key is there too.
        self._write(f"{file}.key", issued.key, secret=True)
        self._write(f"{file}.crt", issued.certificate)

    def _write(self, file: str, content: bytes, *, secret: bool = False) -> None:
        """Puts a whole file in its place at once; who reads meanwhile reads the old one."""
        target = self.path / file
        target.parent.mkdir(mode=0o700, exist_ok=True)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        draft.replace(target)

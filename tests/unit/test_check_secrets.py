import base64
import shutil
import subprocess
import sys
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from temporal.encryption.key_file import new_key
from temporal.encryption_settings import key_line

CHECK = Path(__file__).parents[2] / ".ci" / "check_secrets.py"

PEM = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
LONG = base64.b64encode(bytes(range(27))).decode()
SECRETS = {
    "private key": PEM,
    "key of payload encryption": key_line(new_key("key-a")),
    "JSON web token": jwt.encode({"sub": "ana"}, "x" * 32),
    "password in a URL": f"postgresql://app:{LONG}@db:5432/app",
    "AWS access key": "AKIA" + "A1B2" * 4,
    "GitHub token": "ghp_" + "a1B2" * 9,
    "GitLab token": "glpat-" + "a1B2" * 5,
    "Slack token": "xoxb-" + "1234567890-" * 2 + "a1B2" * 6,
    "Slack webhook": "https://hooks.slack.com/services/" + "T12345678/" + "B12345678/" + "a1B2" * 6,
    "Google API key": "AIza" + "a1B2c" * 7,
    "Stripe key": "sk_live_" + "a1B2" * 6,
    "package index token": "npm_" + "a1B2" * 9,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    git = shutil.which("git")
    assert git, "the check asks git which files there are"
    subprocess.run([git, "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def check(project: Path) -> tuple[int, list[str]]:
    command = [sys.executable, str(CHECK), str(project)]
    finished = subprocess.run(command, capture_output=True, text=True)
    return finished.returncode, finished.stderr.splitlines()


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_and_its_place_is_named_but_not_itself(project: Path, kind: str) -> None:
    (project / "notes.txt").write_text(f"first\n{SECRETS[kind]}\nlast\n")
    code, lines = check(project)
    assert (code, lines) == (1, [f"notes.txt:2: this looks like a {kind}"])


def test_what_git_ignores_and_what_only_resembles_a_secret_passes(project: Path) -> None:
    (project / ".gitignore").write_text("private/\n")
    (project / "private").mkdir()
    (project / "private" / "key.pem").write_text(PEM)
    (project / "README.md").write_text(
        "postgresql://USER:PASSWORD@HOST/NAME\n-----BEGIN PRIVATE KEY-----\n...\nkey-a:BASE64\n"
    )
    assert check(project) == (0, [])


def test_this_project_passes() -> None:
    assert check(CHECK.parents[1]) == (0, [])

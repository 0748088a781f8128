"""Fails when a file of the project holds what looks like a secret: a private key, a token, a password.

Only forms that are secrets beyond doubt are looked for, so that there is nothing to excuse; what has no form,
such as a password alone, no program can tell. A finding is shown by its place, never by its content.
"""

import re
import subprocess
import sys
from pathlib import Path

FORMS = {
    "private key": rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}",
    "key of payload encryption": rb"(?m)^[A-Za-z0-9._-]{1,64}:[A-Za-z0-9+/]{43}=$",
    "JSON web token": rb"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
    "password in a URL": rb"\b(?:https?|postgres(?:ql)?|amqp|redis|smtps?|mailtos?)://[A-Za-z0-9._-]+:"
    rb"(?!(?:PASSWORD|SECRET|\.\.\.|\*+|hunter2+|secret|password)@)[A-Za-z0-9._~%+/=-]{12,}@[A-Za-z0-9]",
    "AWS access key": rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "GitHub token": rb"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})",
    "GitLab token": rb"\bglpat-[A-Za-z0-9_-]{20,}",
    "Slack token": rb"\bxox[abposr]-\d{10,}-\d{10,}-\w{20,}",
    "Slack webhook": rb"hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20,}",
    "Google API key": rb"\bAIza[A-Za-z0-9_-]{35}\b",
    "Stripe key": rb"\b[sr]k_live_[A-Za-z0-9]{20,}",
    "package index token": rb"\b(?:pypi-AgE[A-Za-z0-9_-]{50,}|npm_[A-Za-z0-9]{36})",
}
PATTERNS = {what: re.compile(form) for what, form in FORMS.items()}


def findings(content: bytes) -> list[tuple[int, str]]:
    """Returns the line and the kind of every secret in a file's content."""
    return sorted(
        (content.count(b"\n", 0, match.start()) + 1, what)
        for what, pattern in PATTERNS.items()
        for match in pattern.finditer(content)
    )


def main(root: Path) -> int:
    """Looks through the files below `root` that git tracks or would add; returns 1 if there is a secret."""
    listing = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, check=True, capture_output=True, text=True).stdout
    found = 0
    for file in (root / name for name in names.split("\0") if name):
        if file.is_file():
            for line, what in findings(file.read_bytes()):
                print(f"{file.relative_to(root)}:{line}: this looks like a {what}", file=sys.stderr)
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))

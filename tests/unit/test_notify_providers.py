"""The forms of URL that people use: what apprise takes, and what it posts."""

import datetime
import ipaddress
import json
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from temporal.activities.provider import NotTakenError, Target, send
from temporal.messages.delivery import Notification
from tests.sinks import Mailbox, Webhook, running_webhook

pytest_plugins = ["tests.sink_fixtures"]
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's

MESSAGE = Notification(recipient="ana", subject="please decide: <b>a & b</b>", body="rita asks\n<script>")


def sent(url: str) -> None:
    send(Target(url), MESSAGE, "run/1/target", 20)


@pytest.mark.parametrize("scheme", ["json", "form", "xml"])
def test_a_webhook_gets_subject_body_and_key(webhook: Webhook, scheme: str) -> None:
    sent(webhook.url("/hook", scheme))
    [post] = webhook.got("/hook")
    assert post.headers["Idempotency-Key"] == "run/1/target"
    if scheme == "json":
        told = json.loads(post.body)
        assert (told["title"], told["message"]) == (MESSAGE.subject, MESSAGE.body)
    else:
        assert "please" in post.body
        assert "<script>" not in post.body


def test_mail_has_subject_body_and_key_and_no_markup_of_a_stranger(mailbox: Mailbox) -> None:
    sent(mailbox.url("ana@example.org"))
    [mail] = mailbox.mails
    assert (mail["To"], mail["Subject"]) == ("ana@example.org", MESSAGE.subject)
    assert mail["Idempotency-Key"] == "run/1/target"
    html = [part for part in mail.walk() if part.get_content_type() == "text/html"]
    for part in html:
        assert b"<script>" not in bytes(part.get_payload(decode=True))


def test_slack_is_posted_the_message(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.slack import NotifySlack

    monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{webhook.port}/services")
    sent("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#approvals")
    [post] = webhook.got("/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")
    told = json.loads(post.body)
    assert told["channel"] == "#approvals"
    assert "icon_url" not in told  # nothing is fetched from elsewhere
    assert "please decide" in post.body
    assert "rita asks" in post.body


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files[0]))
    return context


def test_teams_is_posted_a_card_over_tls(trusted: ssl.SSLContext) -> None:
    with running_webhook(trusted) as webhook:
        sent(f"workflows://127.0.0.1:{webhook.port}/a-workflow/a-signature")
        [post] = webhook.got("/workflows/a-workflow/triggers/manual/paths/invoke")
    assert "sig=a-signature" in post.path
    told = json.loads(post.body)
    assert told["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert "please decide" in post.body


def test_a_certificate_that_nobody_vouches_for_is_refused(
    trusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with running_webhook(trusted) as webhook:
        with pytest.raises(NotTakenError):
            sent(webhook.url("/hook", "jsons"))
        assert webhook.got() == []


@pytest.mark.parametrize(
    "url",
    [
        "mailtos://user:password@example.org:465?to=ana@example.org",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "slack://xoxb-1234-1234-4ddbc191d40ee098cbaae6f3523ada2d/#approvals",
        "https://prod-1.westeurope.logic.azure.com:443/workflows/643e69/triggers/manual/paths/invoke?sig=KODue",
        "ntfy://example.org/approvals",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    ],
)
def test_the_library_takes_urls_of_the_usual_services(url: str) -> None:
    from apprise import Apprise

    assert Apprise.instantiate(url) is not None
    assert Target(url).name.name.startswith(url.partition(":")[0])

"""Where notifications go in tests: a webhook and an SMTP server on 127.0.0.1."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from temporal.chaos.targets.environment import free_ports


@dataclass
class Post:
    """One request that a webhook got."""

    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Webhook:
    """A webhook: what it got, and what it answers.

    Attributes:
        port: Where it listens on 127.0.0.1.
        answers: Status by path; 200 unless told otherwise.
        silent: While it is set, the webhook takes requests and answers none.
        dripping: While it is set, the webhook sends its answer byte by byte, and never the last one.
    """

    port: int
    answers: dict[str, int] = field(default_factory=dict)
    silent: threading.Event = field(default_factory=threading.Event)
    dripping: threading.Event = field(default_factory=threading.Event)
    _posts: list[Post] = field(default_factory=list)

    def url(self, path: str, scheme: str = "json") -> str:
        """Returns the target's URL, as apprise has it."""
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def take(self, post: Post) -> None:
        """Notes a request."""
        self._posts.append(post)

    def got(self, path: str = "") -> list[Post]:
        """Returns what came to paths that begin so, whatever was answered, the oldest first."""
        return [post for post in [*self._posts] if post.path.startswith(path)]


@contextmanager
def running_webhook(tls: ssl.SSLContext | None = None) -> Iterator[Webhook]:
    """Runs a webhook on a free port."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            webhook.take(Post(self.path, dict(self.headers), body))
            while webhook.silent.is_set() and not ended.wait(0.02):
                pass
            self.send_response(webhook.answers.get(self.path, 200))
            self.flush_headers()
            if webhook.dripping.is_set():
                self.wfile.write(b"Drip: ")
                while webhook.dripping.is_set() and not ended.wait(0.02):
                    self.wfile.write(b"x")
                self.wfile.write(b"\r\n")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")  # as Slack says it

        def log_request(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        webhook = Webhook(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield webhook
        finally:
            ended.set()
            server.shutdown()
            thread.join()


class Mailbox(Message):
    """An SMTP server: what it took, and how many of the next messages it refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.port = 0
        self.mails: list[Mail] = []
        self.refusals = 0

    def url(self, recipient: str) -> str:
        """Returns the target's URL, as apprise has it."""
        return f"mailto://127.0.0.1:{self.port}/?from=flow@example.org&to={recipient}"

    def handle_message(self, message: Mail) -> None:
        """Takes a message, or fails to."""
        if self.refusals:
            self.refusals -= 1
            raise OSError("the disk is full")
        self.mails.append(message)

    async def handle_exception(self, error: Exception) -> str:
        """Returns what the sender is answered."""
        return f"451 try again later ({error})"


@contextmanager
def running_mailbox() -> Iterator[Mailbox]:
    """Runs an SMTP server on a free port."""
    mailbox = Mailbox()
    [mailbox.port] = free_ports(1)
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()

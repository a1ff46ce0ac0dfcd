"""The channels: log, Slack webhook, signed webhook, e-mail over TLS. Each sends one letter or raises ``Undelivered``.

No redirects are followed, and no channel waits longer than ten seconds. Does not live here: trying again (``policy``).
"""

import hashlib
import hmac
import html
import logging
import smtplib
import ssl
import time
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import httpx
import orjson

from analytics_platform.alerts.messages import Letter
from analytics_platform.alerts.routes import EmailRoute, LogRoute, Route, SlackRoute, WebhookRoute
from analytics_platform.alerts.state import Message, stamp
from analytics_platform.errors import AlertError

SECONDS = 10
_log = logging.getLogger("analytics_platform.alerts")


class Undelivered(AlertError):
    """The other side did not take it; ``wait`` is how long it asked to be left alone."""

    def __init__(self, said: str, wait: float = 0) -> None:
        super().__init__(said)
        self.wait = wait


def send(route: Route, letter: Letter, messages: Sequence[Message]) -> None:
    if isinstance(route, LogRoute):
        _log.warning("%s\n%s", letter.subject, letter.body)
    elif isinstance(route, SlackRoute):
        _post(route.url, slack_body(letter), {})
    elif isinstance(route, WebhookRoute):
        body = webhook_body(letter, messages)
        _post(route.url, body, {"X-Signature": signature(route.key, body, int(time.time()))})
    else:
        mail(route, letter_as_mail(route, letter))


def slack_body(letter: Letter) -> bytes:
    """Slack takes & < > as markup, and nothing of ours is markup."""
    text = html.escape(f"{letter.subject}\n{letter.body}", quote=False)
    return orjson.dumps({"text": text, "unfurl_links": False})


def webhook_body(letter: Letter, messages: Sequence[Message]) -> bytes:
    alerts = [{"what": one.what, "at": stamp(one.queued_at), **one.alert.as_dict()} for one in messages]
    return orjson.dumps({"subject": letter.subject, "text": letter.body, "alerts": alerts})


def signature(key: str, body: bytes, seconds: int) -> str:
    """The time is signed too, so that a receiver can refuse what is old."""
    signed = hmac.new(key.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"


def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    try:
        answer = httpx.post(
            url, content=body, headers={"Content-Type": "application/json", **headers}, timeout=SECONDS, trust_env=False
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # The URL of a webhook is a secret: it is not repeated.
        raise Undelivered(f"the webhook cannot be reached ({type(error).__name__})") from None
    if not answer.is_success:
        after = answer.headers.get("Retry-After", "")
        raise Undelivered(f"the webhook answered {answer.status_code}", float(after) if after.isdigit() else 0)


def letter_as_mail(route: EmailRoute, letter: Letter) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = letter.subject[:200], route.sender, ", ".join(route.to)
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=route.sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body)
    return mail


def mail(route: EmailRoute, message: EmailMessage) -> None:
    """Hand a mail over, always encrypted and to a server whose certificate is believed."""
    try:
        trust = ssl.create_default_context(cafile=route.ca_file or None)
        if route.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(route.host, route.port, timeout=SECONDS, context=trust)
        else:
            server = smtplib.SMTP(route.host, route.port, timeout=SECONDS)
        with server:
            if route.tls == "starttls":
                server.starttls(context=trust)
            if route.user:
                server.login(route.user, route.password)
            refused = server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(f"the mail server {route.host}:{route.port} did not take it ({_short(error)})") from None
    if refused:
        raise Undelivered(f"the mail server {route.host}:{route.port} refused {len(refused)} of the addresses")


def _short(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"answer {error.smtp_code}"
    return f"{type(error).__name__}: {error}"[:200] if isinstance(error, OSError) else type(error).__name__

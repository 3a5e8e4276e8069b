"""Mails that come by the clock, as they are sent; each has a link, and a header, to end them."""

from email.mime.image import MIMEImage
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.commands.mailings import Letter
from accounts.commands.notifications import change_notifications
from accounts.emails import spoken
from accounts.models import Mailing, User
from accounts.queries.learners import learner_of
from config.errors import NotFound

_SALT = "accounts.unsubscribe"
_WISHES = {
    Mailing.Kind.REMINDER.value: "is_reminded",
    Mailing.Kind.WEEKLY.value: "has_weekly_report",
}
_END = {"ko": "이 메일을 그만 받기", "en": "Do not send me these mails"}
_PICTURE = "activity"


class UnknownLink(NotFound):
    """No link of ours."""

    code = "unknown_link"


def post(user: User, mailing: Mailing, letter: Letter) -> None:
    """Send the letter now; raises what the mail server does."""
    language, link = spoken(user.native_language), unsubscribe_link(user, mailing.kind)
    context = {
        "language": language,
        "title": letter.title,
        "text": letter.text,
        "details": letter.details,
        "picture": f"cid:{_PICTURE}" if letter.picture else "",
        "picture_text": letter.picture_text,
        "link": link,
        "link_text": _END[language],
    }
    message = EmailMultiAlternatives(
        letter.title,
        render_to_string("mail/letter.txt", context),
        to=[user.email],
        headers={
            "Message-ID": f"<{mailing.public_id}@resee>",
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
    if letter.picture:
        image = MIMEImage(letter.picture, "png")
        image.add_header("Content-ID", f"<{_PICTURE}>")
        image.add_header("Content-Disposition", "inline", filename=f"{_PICTURE}.png")
        message.attach(image)
    message.send()


def unsubscribe_link(user: User, kind: str) -> str:
    """Return the address that ends mails of a kind, for whoever has the mail."""
    token = signing.dumps([str(user.public_id), kind], salt=_SALT)
    return f"{settings.SITE_URL}/api/v1/unsubscribe/{token}/"


def read_link(token: str) -> tuple[User, str]:
    """Return whom a link is for, and the kind of mail; UnknownLink."""
    try:
        public_id, kind = signing.loads(token, salt=_SALT)
        user = User.objects.filter(public_id=UUID(public_id), is_active=True).first()
    except (signing.BadSignature, ValueError, TypeError):
        user, kind = None, ""
    if user is None or kind not in _WISHES:
        raise UnknownLink("This link is not one of ours, or the account is gone.")
    return user, kind


def unsubscribe(token: str) -> User:
    """End the mails that a link is for; twice is once. UnknownLink."""
    user, kind = read_link(token)
    change_notifications(learner=learner_of(user), changes={_WISHES[kind]: False})
    return user

"""Mails of the sign-in: written in the reader's language, sent by the queue ``high``."""

from collections.abc import Mapping
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.mail_texts import DETAILS, LANGUAGES, MAILS


class Mail(NamedTuple):
    """What is sent."""

    subject: str
    text: str
    html: str


def spoken(language: str | None) -> str:
    """Return the language of ours that is nearest to a tag such as ``ko-KR``."""
    base = (language or "").partition("-")[0].lower()
    return base if base in LANGUAGES else LANGUAGES[0]


def write(name: str, *, language: str, facts: Mapping[str, str]) -> Mail:
    """Return the mail called ``name``; KeyError for an unknown one.

    ``facts`` are ``email`` and what the mail tells: a ``code``, or when and where from.
    """
    wording = MAILS[name][language]
    labels = DETAILS[language]
    context = {
        "language": language,
        "title": wording.title,
        "text": wording.text.format(email=facts["email"]),
        "advice": wording.advice,
        "code": facts.get("code"),
        "details": [(label, facts[key]) for key, label in labels.items() if facts.get(key)],
    }
    text = render_to_string("mail/message.txt", context)
    return Mail(wording.title, text, render_to_string("mail/message.html", context))


def send(name: str, *, language: str, facts: Mapping[str, str]) -> None:
    """Send the mail to ``facts["email"]`` now."""
    mail = write(name, language=language, facts=facts)
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[facts["email"]])
    message.attach_alternative(mail.html, "text/html")
    message.send()

"""What accounts have done for them in the background."""

from datetime import timedelta
from smtplib import SMTPException
from uuid import UUID

from anymail.exceptions import AnymailError
from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import emails, letters, tokens
from accounts.commands import archives, avatars, erasure, mailings
from accounts.models import Device
from accounts.rewards import payouts

DELIVER = "accounts.tasks.deliver"
LOT = 20  # mails of one task: far below its time limit


@shared_task(name=DELIVER, autoretry_for=(OSError, SMTPException, AnymailError))
def deliver(name: str, language: str, facts: dict[str, str], **_: object) -> None:
    """Send a mail; while the provider does not answer, again for some ten minutes."""
    emails.send(name, language=language, facts=facts)


def send_later(name: str, *, language: str, facts: dict[str, str]) -> None:
    """Have a mail sent; the broker raises what it raises."""
    deliver.apply_async(
        args=(name, language, facts),
        argsrepr="(...)",  # type: ignore[call-arg]  # a code, an address: nothing for the logs
    )


@shared_task(name=avatars.TASK)
def make_avatar(*, job_id: str, version: str, **_: object) -> None:
    """See ``avatars.make_avatar``."""
    avatars.make_avatar(job_id=UUID(job_id), version=UUID(version), clock=timezone.now)


@shared_task(name=archives.EXPORT_TASK)
def write_archive(*, job_id: str, archive_id: str, **_: object) -> None:
    """See ``archives.write_archive``."""
    archives.write_archive(job_id=UUID(job_id), archive_id=UUID(archive_id), clock=timezone.now)


@shared_task(name=archives.IMPORT_TASK)
def bring_back(*, job_id: str, archive_id: str, **_: object) -> None:
    """See ``archives.bring_back``."""
    archives.bring_back(job_id=UUID(job_id), archive_id=UUID(archive_id), clock=timezone.now)


@shared_task(name=payouts.TASK)
def pay_out(*, job_id: str, payout_id: str, **_: object) -> None:
    """See ``payouts.pay_out``."""
    payouts.pay_out(job_id=UUID(job_id), payout_id=UUID(payout_id), clock=timezone.now)


@shared_task(name="accounts.tasks.plan_mailings")
def plan_mailings(**_: object) -> None:
    """Store the mails that have become due, and hand them out in small lots."""
    now = timezone.now()
    mailings.plan(now=now)
    waiting = [str(public_id) for public_id in mailings.waiting(now=now)]
    for start in range(0, len(waiting), LOT):
        send_mailings.delay(mailing_ids=waiting[start : start + LOT])


@shared_task(name="accounts.tasks.send_mailings")
def send_mailings(*, mailing_ids: list[str], **_: object) -> None:
    """Send mails; what another has sent, or sends now, is left alone."""
    for mailing_id in mailing_ids:
        mailings.send(mailing_id=UUID(mailing_id), post=letters.post, now=timezone.now())


@shared_task(name="accounts.tasks.erase_due")
def erase_due(**_: object) -> None:
    """See ``erasure.erase_due``."""
    erasure.erase_due(now=timezone.now())


@shared_task(name="accounts.tasks.prune")
def prune(**_: object) -> None:
    """Remove devices whose refresh token has expired, sessions that have, and old archives."""
    now = timezone.now()
    unused = now - timedelta(seconds=tokens.refresh_seconds())
    Device.objects.filter(last_used_at__lt=unused).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    archives.prune(now=now)
    mailings.prune(now=now)

"""A reward for every learner, by a job in units: each learner once, whoever dies on the way."""

import time
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Payout, User
from accounts.rewards.ledger import Entry, Kind, credit
from config.jobs.dispatch import accept
from config.jobs.leases import Clock, Lease, finish, report
from config.jobs.work import MoreToDo, do_unit

TASK = "accounts.tasks.pay_out"
CHUNK = 100
UNIT_SECONDS = 15.0


@transaction.atomic
def start_payout(*, name: str, xp: int) -> Payout:
    """Promise every active learner of now so much XP."""
    payout = Payout(name=name, xp=xp, learner_count=User.objects.filter(is_active=True).count())
    arguments = {"payout_id": str(payout.public_id)}
    payout.job = accept(task=TASK, arguments=arguments, user_id=None)
    payout.save()
    return payout


def pay_out(*, job_id: UUID, payout_id: UUID, clock: Clock) -> None:
    """Do one unit of a payout."""
    do_unit(job_id=job_id, work=lambda lease: _pay(lease, payout_id, clock), clock=clock)


def _pay(lease: Lease, payout_id: UUID, clock: Clock) -> None:
    ends_at = time.monotonic() + UNIT_SECONDS
    while payout := _pay_chunk(payout_id, clock()):
        percent = min(99, 100 * payout.paid_count // max(1, payout.learner_count))
        stage = f"{payout.paid_count} of {payout.learner_count}"
        report(lease=lease, stage=stage, percent=percent, now=clock())
        if time.monotonic() > ends_at:
            raise MoreToDo
    paid = Payout.objects.values_list("paid_count", flat=True).get(public_id=payout_id)
    finish(lease=lease, now=clock(), result={"learners": paid})


@transaction.atomic
def _pay_chunk(payout_id: UUID, now: datetime) -> Payout | None:
    """Pay the next learners and remember up to whom; None when there are no more."""
    payout = Payout.objects.select_for_update().get(public_id=payout_id)
    learners = User.objects.filter(
        is_active=True, pk__gt=payout.paid_up_to, joined_at__lte=payout.created_at
    )
    keys = list(learners.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if not keys:
        return None
    key = f"payout:{payout.public_id}"
    paid = credit([Entry(each, key, Kind.PAYOUT, payout.xp, 0, None, now) for each in keys])
    payout.paid_up_to, payout.paid_count = keys[-1], payout.paid_count + paid
    payout.save(update_fields=["paid_up_to", "paid_count"])
    return payout

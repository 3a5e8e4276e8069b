"""A reply is written: by a model, or in plain words that say why not."""

from functools import partial
from uuid import UUID

import structlog

from chat.commands.replies import Ending, NotOurs, begin_reply, end_reply
from chat.models import Message
from chat.pen import Pen
from config.ai.calls import Source
from config.ai.gateway import CutShort
from config.ai.health import language_model
from config.errors import Exhausted, Invalid, Unavailable
from config.jobs.leases import Clock, Lease, finish
from config.jobs.work import do_unit

AWAY = "The tutor cannot answer just now: the language model {state}. Your message is kept."
BROKEN = "Something went wrong on our side; it has been logged. Your message is kept."
log = structlog.get_logger(__name__)


def write_reply(*, job_id: UUID, reply_id: UUID, clock: Clock) -> None:
    """Write one reply under its job's lease; a second delivery does nothing."""
    do_unit(job_id=job_id, work=partial(_write, reply_id=reply_id, clock=clock), clock=clock)


def _write(lease: Lease, *, reply_id: UUID, clock: Clock) -> None:
    reply = begin_reply(reply_id=reply_id, writer=lease.token, now=clock())
    if reply is not None:
        try:
            ending = _written(Pen(reply, clock))
            end_reply(reply=reply, ending=ending, now=clock())
        except NotOurs:
            log.info("reply_not_ours", reply=str(reply_id))
    finish(lease=lease, now=clock(), result={"reply": str(reply_id)})


def _written(pen: Pen) -> Ending:
    from chat import tutor  # with LangGraph, which only the worker that writes shall load

    intent = pen.reply.intent or Message.Intent.CHAT
    try:
        return tutor.answer(pen)
    except NotOurs:
        raise
    except CutShort as error:
        pen.lift()
        return Ending(Message.State.CUT, intent, Source.MODEL, error.code)
    except (Exhausted, Invalid) as error:
        code, text = error.code, f"{error.detail} Your message is kept."
    except Unavailable as error:
        code, text = error.code, AWAY.format(state=language_model())
    except Exception:
        log.exception("reply_failed", reply=str(pen.reply.public_id))
        code, text = "error", BROKEN
    pen.write(text, Source.TEMPLATE)
    pen.lift()
    return Ending(Message.State.DONE, intent, Source.TEMPLATE, code)

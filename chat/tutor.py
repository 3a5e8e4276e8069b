"""The tutor."""

from accounts.queries.learners import learner
from chat import prompts
from chat.commands.replies import Ending
from chat.models import Message
from chat.pen import Pen
from config.ai import gateway

HISTORY_MESSAGES = 10


def answer(pen: Pen) -> Ending:
    """Write the reply and return how it ends."""
    who = learner(pen.reply.user_id)
    rows = Message.objects.filter(
        conversation=pen.reply.conversation_id, position__lt=pen.reply.position, is_forgotten=False
    ).order_by("-position")[:HISTORY_MESSAGES]
    turns: list[prompts.Turn] = [
        ("user" if row.role == Message.Role.LEARNER else "assistant", row.text)
        for row in reversed(rows)
        if row.text
    ]
    messages = prompts.tutor_messages(level="A2", known=(), turns=turns)
    pen.follow(gateway.stream(prompts.TUTOR, messages, learner=who.public_id))
    return Ending(answered_by=pen.source)

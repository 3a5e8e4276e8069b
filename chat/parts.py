"""The parts of the tutor. Each writes the reply and returns how it ends."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.queries.learners import Learner
from chat import memory, prompts, routing
from chat.commands.replies import Ending
from chat.corrections import LENGTH_MAX, Change, changes, cleaned, is_plausible
from chat.levels import level_share
from chat.metrics import LEVEL_SHARE
from chat.models import Message
from chat.pen import Pen
from chat.queries.facts import known_of, level_of
from chat.queries.practice import PracticeCard, practice_cards
from config.ai import gateway
from config.ai.calls import Source
from config.ai.cefr_lexical import words_of
from config.errors import Exhausted, Unavailable

Intent = Message.Intent
SHARE_MIN = 0.85  # below it the reply is said again in easier words, once
WORDS_MIN = 10  # in a shorter reply one hard word is many
SIMPLER = "\n\nIn easier words: "
_ROUTES = {routing.LEVEL_TEST: ("level-tests", "level test"), routing.EXAM: ("exams", "exam")}


def chat(pen: Pen, learner: Learner) -> Ending:
    """Talk, at the learner's level, knowing what is remembered."""
    level, known = level_of(learner), known_of(learner)
    turns = memory.turns_before(
        pen.reply, learner=learner.public_id, chars=settings.CHAT_HISTORY_CHARS
    )
    messages = prompts.tutor_messages(level=level, known=known.lines, turns=turns)
    Message.objects.filter(pk=pen.reply.pk).update(fact_ids=known.fact_ids)
    pen.reply.fact_ids = known.fact_ids
    pen.follow(gateway.stream(prompts.TUTOR, messages, learner=learner.public_id))
    own = words_of(" ".join(text for role, text in turns if role == "user"))
    share, extras = _at_level(pen, learner, level, own)
    return Ending(intent=Intent.CHAT, answered_by=pen.source, extras=extras, level_share=share)


def correct(pen: Pen, learner: Learner) -> Ending:
    """Correct a sentence; the model corrects, what changed is found and explained by rules."""
    asked = pen.reply.reply_to
    sentence = routing.sentence_in(asked.text if asked else "")
    if len(sentence) > LENGTH_MAX or not words_of(sentence):
        pen.write("Send me one English sentence, and I will correct it.", Source.RULES)
        pen.lift()
        return Ending(intent=Intent.CORRECTION, answered_by=Source.RULES, code="no_sentence")
    messages = prompts.correction_messages(sentence)
    said = gateway.ask(prompts.CORRECTION, messages, learner=learner.public_id)
    corrected = cleaned(said.text)
    if not is_plausible(sentence, corrected):
        pen.write("I am not sure how to correct this. Try a shorter sentence.", Source.RULES)
        pen.lift()
        return Ending(intent=Intent.CORRECTION, answered_by=Source.RULES, code="not_corrected")
    found = changes(sentence, corrected)
    for line in _told(corrected, found):
        pen.write(line, said.source)
    pen.lift()
    correction = {
        "sentence": sentence,
        "corrected": corrected,
        "is_right": not found,
        "changes": [change.shown() for change in found],
    }
    extras = {"correction": correction}
    return Ending(intent=Intent.CORRECTION, answered_by=said.source, extras=extras)


def practise(
    pen: Pen, learner: Learner, asked: Collection[str], now: datetime
) -> tuple[Ending, list[str]]:
    """Practise due and hard cards, those first that were not asked lately; also their ids."""
    cards = practice_cards(learner, asked=asked, now=now)
    if not cards:
        pen.write("You have no cards to practise yet: make some from a page.", Source.RULES)
        pen.lift()
        return Ending(intent=Intent.VOCABULARY, answered_by=Source.RULES, code="no_cards"), []
    given = [{"word": card.front, "meaning": card.meaning} for card in cards]
    messages = prompts.vocabulary_messages(level=level_of(learner), cards=given)
    try:
        pen.follow(gateway.stream(prompts.VOCABULARY, messages, learner=learner.public_id))
    except (Unavailable, Exhausted):
        if pen.text:
            raise
        for line in _meanings(cards):
            pen.write(line, Source.TEMPLATE)
        pen.lift()
    extras = {"cards": [card.shown() for card in cards]}
    ending = Ending(intent=Intent.VOCABULARY, answered_by=pen.source, extras=extras)
    return ending, [str(card.id) for card in cards]


def hand_over(pen: Pen, part: str) -> Ending:
    """Say where a level test or an exam is taken; they are parts of their own."""
    name, title = _ROUTES[part]
    pen.write(f"Good idea! Start your {title} here; I wait for you.", Source.RULES)
    pen.lift()
    extras = {"hand_over": {"to": part, "method": "POST", "href": reverse(name)}}
    return Ending(intent=part, answered_by=Source.RULES, extras=extras)


def _at_level(
    pen: Pen, learner: Learner, level: str, own: Collection[str]
) -> tuple[float | None, dict[str, Any]]:
    """Measure the reply; one that is too hard is said again in easier words, once."""
    share = level_share(pen.text, level, own)
    if share is None or pen.source is not Source.MODEL:
        return share, {}
    if share >= SHARE_MIN or len(words_of(pen.text)) < WORDS_MIN:
        LEVEL_SHARE.labels(level).observe(share)
        return share, {}
    first = pen.text
    messages = prompts.simpler_messages(level=level, text=first)
    try:
        said = gateway.ask(prompts.SIMPLER, messages, learner=learner.public_id)
    except (Unavailable, Exhausted):
        LEVEL_SHARE.labels(level).observe(share)
        return share, {}
    again = level_share(said.text, level, own)
    if again is None or again <= share:
        LEVEL_SHARE.labels(level).observe(share)
        return share, {}
    pen.write(SIMPLER + said.text.strip(), Source.MODEL)
    pen.lift()
    LEVEL_SHARE.labels(level).observe(again)
    return again, {"simpler": {"share_before": round(share, 3), "share": round(again, 3)}}


def _told(corrected: str, found: list[Change]) -> list[str]:
    if not found:
        return [f"That is right: {corrected}"]
    lines = [f"Better: {corrected}\n"]
    for change in found:
        match change.was, change.now:
            case "", now:
                what = f"add {now!r}"
            case was, "":
                what = f"leave out {was!r}"
            case was, now:
                what = f"{was!r} becomes {now!r}"
        lines.append(f"- {what}. {change.shown()['explanation']}\n")
    return lines


def _meanings(cards: Collection[PracticeCard]) -> list[str]:
    lines = ["Which of your words are these?\n"]
    return lines + [f"{number}. {card.meaning}\n" for number, card in enumerate(cards, 1)]

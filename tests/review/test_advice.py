"""HARD pressed for what was forgotten; cards that are there twice, and how two become one."""

import random
from datetime import timedelta

import pytest

from accounts.queries.learners import Learner
from config.errors import ReseeError
from review.commands.contents import archive_content
from review.commands.duplicates import SameContent, merge_contents
from review.commands.recording import Answer
from review.commands.reviews import record_review, undo_review
from review.fsrs6 import DEFAULT_WEIGHTS, REVIEW, Model
from review.hard_use import Verdict, hard_use
from review.models import Content, ReviewHistory, ReviewSchedule
from review.parameters import parameters
from review.queries.advice import duplicates
from review.queries.statistics import dashboard
from review.ratings import Rating
from review.replay import replay
from review.similarity import form_of, near_duplicates
from review.states import effective_facts, state_of
from tests.client import ApiClient
from tests.review.cards import NOW, assert_schedule_is_replay, card, review

DAY = timedelta(days=1)
MODEL = Model(DEFAULT_WEIGHTS, 0.9, [], [], 36500)


def _answers(
    seed: int, *, hard: float, misuses: bool, strength: float = 1.0
) -> list[list[tuple[float, int]]]:
    """Cards of a learner who presses HARD so often for what was recalled, or for all forgotten."""
    chance, cards = random.Random(seed), []
    for _ in range(80):
        believed = true = MODEL.first(3)
        at, found = 0.0, [(0.0, 3)]
        for _ in range(9):
            gap = MODEL.interval(believed.stability)
            at += gap
            recall = MODEL.retrievability(true.stability * strength, gap)
            passed = chance.random() < recall
            honest = (2 if chance.random() < hard else 3) if passed else 1
            pressed = 2 if misuses and not passed else honest
            seen = MODEL.retrievability(believed.stability, gap)
            memory = believed.stability, believed.difficulty
            believed = MODEL.after(pressed, REVIEW, None, memory, seen)
            true = MODEL.after(honest, REVIEW, None, (true.stability, true.difficulty), recall)
            found.append((at, pressed))
        cards.append(found)
    return cards


@pytest.mark.parametrize("seed", range(4))
def test_hard_for_what_was_forgotten_is_told_from_hard_for_effort(seed: int) -> None:
    misused = hard_use(_answers(seed, hard=0.05, misuses=True))
    assert misused.verdict is Verdict.MISUSED
    assert "Press AGAIN" in misused.explanation
    for hard, strength in ((0.1, 1.0), (0.3, 1.0), (0.15, 3.0), (0.0, 1.0)):
        fine = hard_use(_answers(seed, hard=hard, misuses=False, strength=strength))
        assert fine.verdict is Verdict.FINE
    assert hard_use(_answers(seed, hard=0, misuses=True)[:5]).verdict is Verdict.TOO_FEW


def test_advice_over_http(api: ApiClient, learner: Learner) -> None:
    review(learner, card(learner))
    shown = api.get("/statistics/answers/").json()
    assert shown["verdict"] == "too_few"
    assert "it takes 100" in shown["explanation"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The apple", "apple"),
        ("to give up", "give up"),
        ("<b>Apple</b>!", "\uff21\uff30\uff30\uff2c\uff25"),
        ("up, give", "give up"),
        ("the", "The"),
    ],
)
def test_form_does_not_count(one: str, other: str) -> None:
    assert form_of(one) == form_of(other)


def test_a_letter_makes_cards_alike_and_another_word_does_not() -> None:
    fronts = {1: "accommodate", 2: "acommodate", 3: "banana", 4: "bananas", 5: "cat", 6: "cut"}
    fronts |= {7: "an apple", 8: "Apple", 9: "separate", 10: "seperate", 11: "orange", 12: ""}
    found = near_duplicates(fronts)
    assert (found[0].one, found[0].other) == (7, 8)
    assert {(pair.one, pair.other) for pair in found} == {(7, 8), (1, 2), (3, 4), (9, 10)}
    assert all(0.85 <= pair.similarity < 1 for pair in found[1:])


def test_two_cards_become_one_with_the_memory_of_both(learner: Learner, api: ApiClient) -> None:
    into, other = card(learner, "apple", tags=["a"]), card(learner, "The Apple", tags=["b"])
    review(learner, into, Rating.GOOD)
    review(learner, other, Rating.GOOD, at=NOW + DAY)
    review(learner, into, Rating.GOOD, at=NOW + DAY * 4)
    review(learner, other, Rating.HARD, at=NOW + DAY * 9)
    assert [each["similarity"] for each in duplicates(learner, limit=9)] == [1.0]
    schedules = ReviewSchedule.objects.select_related("content").order_by("pk")
    facts = [fact for of_one in effective_facts(*schedules).values() for fact in of_one]
    rules = {fact.parameters_id: parameters(fact.parameters_id) for fact in facts}
    wanted = replay(facts, rules, added_at=NOW, seed=str(into.public_id))
    body = {"content": str(other.public_id)}
    for _ in range(2):
        assert api.post(f"/contents/{into.public_id}/merge/", body).status_code == 204
    kept, gone = (ReviewSchedule.objects.get(content=each) for each in (into, other))
    assert state_of(kept) == wanted
    assert state_of(kept).reps == 4
    assert_schedule_is_replay(learner)
    archived = Content.objects.get(pk=other.pk)
    assert archived.archived_at is not None
    assert archived.source["merged_into"] == str(into.public_id)
    assert Content.objects.get(pk=into.pk).tags == ["a", "b"]
    assert ReviewHistory.objects.filter(rating__isnull=False, content=other).count() == 2
    month = dashboard(learner, now=NOW + DAY * 9)["last_30_days"]
    assert month["review_count"] == 4
    assert gone.reps == 2  # its own history is its own
    assert duplicates(learner, limit=9) == []


def test_a_merged_card_takes_late_answers_and_undo(learner: Learner) -> None:
    into, other = card(learner, "apple"), card(learner, "apples")
    review(learner, into, Rating.GOOD)
    review(learner, other, Rating.EASY, at=NOW + DAY)
    merge_contents(
        learner=learner, into_id=into.public_id, from_id=other.public_id, now=NOW + DAY * 5
    )
    late = Answer(into.public_id, Rating.GOOD, 900, NOW + DAY * 3)  # given before the merge
    recorded = record_review(learner=learner, answer=late, now=NOW + DAY * 6)
    assert recorded.state.reps == 3
    assert_schedule_is_replay(learner)
    undo_review(learner=learner, review_id=recorded.public_id, now=NOW + DAY * 6)
    assert ReviewSchedule.objects.get(content=into).reps == 2
    assert_schedule_is_replay(learner)


def test_a_draft_lends_its_texts_and_a_new_card_keeps_its_memory(learner: Learner) -> None:
    into, other = card(learner, "apple"), card(learner, "apples", example="An apple a day.")
    review(learner, into, Rating.GOOD)
    before = state_of(ReviewSchedule.objects.get(content=into))
    merged = merge_contents(
        learner=learner, into_id=into.public_id, from_id=other.public_id, now=NOW
    )
    assert merged.example == "An apple a day."
    assert state_of(ReviewSchedule.objects.get(content=into)) == before
    assert not ReviewHistory.objects.filter(kind="import").exists()


def test_what_cannot_be_merged_is_refused(learner: Learner, api: ApiClient) -> None:
    into, other = card(learner, "apple"), card(learner, "apples")
    with pytest.raises(SameContent):
        merge_contents(learner=learner, into_id=into.public_id, from_id=into.public_id, now=NOW)
    archive_content(learner=learner, content_id=other.public_id, now=NOW)
    with pytest.raises(ReseeError) as refused:
        merge_contents(learner=learner, into_id=into.public_id, from_id=other.public_id, now=NOW)
    assert refused.value.code == "content_archived"
    body = {"content": "01900000-0000-7000-8000-000000000000"}
    assert api.post(f"/contents/{into.public_id}/merge/", body).status_code == 404

"""A model writes sentences: only good ones take a template's place, and only before an attempt."""

import json
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from accounts.queries.learners import Learner
from config.jobs.models import Job
from exams import tasks
from exams.models import Exam, Question
from exams.queries.exam_items import item_of
from exams.queries.exam_material import around
from exams.validation import faults
from tests.client import ApiClient
from tests.exams.papers import WORDS, begun, cards, made
from tests.llm_server import Behaviour

pytestmark = pytest.mark.django_db
_SENTENCES = ("They talked about {} all evening.", "Nobody in my class knows what {} is good for.")


def _asked(body: dict[str, Any]) -> str:
    """Return the word that the model is asked about."""
    return str(body["messages"][-1]["content"]).partition(" (")[0]


def _good(body: dict[str, Any]) -> str:
    word = _asked(body)
    return f'1. "{_SENTENCES[list(WORDS).index(word) % 2]}"'.format(word)


def _write(exam: dict[str, Any]) -> Job:
    job = Job.objects.get(public_id=exam["job"])
    tasks.write_sentences(job_id=str(job.public_id), exam_id=exam["id"])
    job.refresh_from_db()
    return job


def test_good_sentences_take_the_templates_place(
    api: ApiClient, learner: Learner, model: Behaviour
) -> None:
    cards(learner)
    model.say = _good
    exam = made(api, size=2, choice="due", kinds=["cloze"], with_model=True)
    assert exam["count_by_kind"] == {"cloze": 2}
    job = _write(exam)
    assert (job.state, job.result) == ("succeeded", {"by_model": 2, "by_template": 0})
    for question in Question.objects.all():
        assert (question.source, question.prompt) == ("model", "exam_sentence.1")
        assert question.model
        assert question.tries == 1
        assert question.stem in {sentence.format("___") for sentence in _SENTENCES}
        assert faults(item_of(question), around(learner).deck) == []
    shown = api.get(f"/jobs/{exam['job']}/").json()
    assert (shown["kind"], shown["percent"]) == ("exams.write_sentences", 100)


def test_a_bad_sentence_is_asked_again_and_then_the_template_stays(
    api: ApiClient, learner: Learner, model: Behaviour
) -> None:
    cards(learner)
    model.words = ("I do not know this word.",)
    labels = {"source": "model", "reason": "word_not_once"}
    before = REGISTRY.get_sample_value("exam_items_rejected_total", labels) or 0
    job = _write(made(api, size=2, kinds=["cloze"], with_model=True))
    assert job.result == {"by_model": 0, "by_template": 2}
    assert len(model.seen) == 6
    assert "Not this one" in model.seen[1]["messages"][-1]["content"]
    assert REGISTRY.get_sample_value("exam_items_rejected_total", labels) == before + 6
    assert {question.source for question in Question.objects.all()} == {"template"}
    assert {question.tries for question in Question.objects.all()} == {3}


def test_what_is_asked_already_does_not_change(
    api: ApiClient, learner: Learner, model: Behaviour
) -> None:
    cards(learner)
    model.say = _good
    exam = made(api, size=3, kinds=["cloze"], with_model=True)
    question = begun(api, exam)["question"]
    assert _write(exam).result == {"by_model": 0, "by_template": 3}
    assert Question.objects.get(public_id=question["id"]).stem == question["stem"]


@pytest.mark.parametrize("fault", ["500", "malformed"])
def test_without_a_model_the_exam_is_there_and_the_job_tries_again(
    api: ApiClient, learner: Learner, model: Behaviour, fault: str
) -> None:
    cards(learner)
    model.fault = lambda _: fault
    exam = made(api, size=2, kinds=["cloze"], with_model=True)
    job = _write(exam)
    assert (job.state, job.error_code) == ("queued", "unavailable")
    assert begun(api, exam)["question"]
    Job.objects.filter(pk=job.pk).update(attempts=job.attempts_max - 1)
    job = _write(exam)
    assert (job.state, job.result) == ("succeeded", {"by_model": 0, "by_template": 2})


def test_where_no_model_is_set_up_no_job_is_made(api: ApiClient, learner: Learner) -> None:
    cards(learner)
    exam = made(api, size=2, kinds=["cloze"], with_model=True)
    assert exam["job"] is None
    assert not Job.objects.exists()
    assert Exam.objects.get(public_id=UUID(exam["id"])).with_model is False
    assert json.dumps(exam)

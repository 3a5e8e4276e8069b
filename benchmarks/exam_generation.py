"""Questions for exams: how many are good at once, how many are thrown away and why, what they cost.

    make bench NAME=exam_generation

Own PostgreSQL and Valkey in a temporary folder. Templates: every one of --cards cards is asked by
each kind, and exams of 20 questions are made as the API makes them, no model being there. Model:
--model-cards cards are given to the embedded one by the product's own job; without weights
(--weights, or those the product has fetched) that part is left out and said to be. The last line is
JSON: for each source valid_first (share good at the first try), valid_after_retries, rejected (by
kind and reason), seconds_an_item, exam20_s (median of three rounds), exam20_first_s (the first of a
process, which loads the word lists), served_valid (share of the stored questions that pass the
validator as they are read back: 1.0).
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.record_review import free_port
from config.embedded.servers import temporary_servers

CARDS = Path(__file__).with_name("exam_cards.csv")
EXAM_SIZE, EXAM_MAX = 20, 50
ROUNDS = 3
EXAM_SECONDS = 2.0
LOAD_SECONDS = 120


def rows(count: int) -> list[dict[str, str]]:
    """Return cards to ask: those of the file, then words of the level test with WordNet's texts."""
    from config.dictionary import dictionary
    from exams.item_bank import written_items
    from exams.level_test import Kind

    with CARDS.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    known = {row["word"] for row in found}
    items = [item for item in written_items() if item.kind is Kind.VOCABULARY]
    for word in (word for item in items for word in item.options):
        entry = dictionary().look_up(word)
        if entry and word not in known and len(found) < count:
            known.add(word)
            meaning, example = entry.definition(senses_max=1), entry.example()
            found.append({"word": word, "meaning": meaning, "example": example})
    return found[:count]


def prepare(cards: Sequence[dict[str, str]]) -> Any:
    """Return a learner with these cards."""
    from django.utils import timezone

    from accounts.models import User
    from accounts.queries.learners import learner_of
    from review.models import Category, Content, ReviewSchedule

    user = User.objects.create_user("learner@example.com")
    category, now = Category.objects.create(user=user, name="Words"), timezone.now()
    contents = Content.objects.bulk_create(
        Content(
            user=user,
            category=category,
            front=card["word"],
            back=card["meaning"],
            example=card["example"],
        )
        for card in cards
    )
    ReviewSchedule.objects.bulk_create(
        ReviewSchedule(content=row, user=user, added_at=now, due_at=now) for row in contents
    )
    return learner_of(user)


def each_kind(learner: Any, count: int, seed: int) -> dict[str, Any]:
    """Return what comes of every card asked by every template of one card."""
    from django.utils import timezone

    from exams.drafts import TEMPLATES
    from exams.queries.exam_material import around, cards
    from exams.validation import faults

    asked = cards(learner, choice="all", category_id=None, tags=(), size=count, now=timezone.now())
    near, source = around(learner, asked, with_sounds=True), random.Random(seed)
    tried, good, rejected = Counter[str](), Counter[str](), Counter[str]()
    before = time.process_time()
    for card in asked:
        for kind, template in TEMPLATES.items():
            item = template(card, near, source)
            found = faults(item, near.deck) if item else ["card_does_not_suffice"]
            tried[kind.value] += 1
            good[kind.value] += not found
            rejected.update(f"{kind.value}: {fault}" for fault in found)
    spent = time.process_time() - before
    return {
        "cards": len(asked),
        "valid_first_by_kind": {kind: good[kind] / tried[kind] for kind in tried},
        "valid_first": good.total() / tried.total(),
        "rejected": dict(rejected.most_common()),
        "cpu_seconds_an_item": spent / tried.total(),
    }


def twenty(learner: Any) -> dict[str, Any]:
    """Return how long an exam of 20 questions takes where no model is."""
    from django.utils import timezone

    from exams.commands.exams import ExamWish, make_exam
    from exams.validation import Kind

    def one() -> float:
        wish = ExamWish(size=EXAM_SIZE, minutes=30, kinds=list(Kind), choice="all")
        before = time.perf_counter()
        exam = make_exam(learner=learner, wish=wish, now=timezone.now())
        seconds = time.perf_counter() - before
        assert exam.questions.count() == EXAM_SIZE
        return seconds

    first, raw = one(), [one() for _ in range(ROUNDS)]
    return {"exam20_first_s": first, "exam20_s": median(raw), "exam20_raw": raw}


def by_model(learner: Any, count: int) -> dict[str, Any]:
    """Return what comes of the product's own job with the model that is set up."""
    from django.utils import timezone

    from config.jobs.models import Job
    from exams import tasks
    from exams.commands.exams import ExamWish, make_exam
    from exams.models import Question
    from exams.validation import Kind

    keys, seconds = list[int](), 0.0
    while len(keys) < count:
        size = min(count - len(keys), EXAM_MAX)
        wish = ExamWish(size=size, minutes=30, kinds=[Kind.CLOZE], choice="all", with_model=True)
        exam = make_exam(learner=learner, wish=wish, now=timezone.now())
        assert exam.job_id
        job = Job.objects.get(public_id=exam.job_id)
        before = time.perf_counter()
        while job.state in {"queued", "running"}:
            tasks.write_sentences(job_id=str(job.public_id), exam_id=str(exam.public_id))
            job.refresh_from_db()
        seconds += time.perf_counter() - before
        keys += Question.objects.filter(exam=exam, tries__gt=0).values_list("pk", flat=True)
    return model_figures(keys, seconds)


def model_figures(keys: Sequence[int], seconds: float) -> dict[str, Any]:
    """Return what became of these questions, which go to stderr for a person to look at."""
    from exams.metrics import EXAM_REJECTS
    from exams.models import Question

    questions = list(Question.objects.filter(pk__in=keys))
    for question in questions:
        chosen = question.options or question.accepted
        sys.stderr.write(f"{question.source}: {question.stem} [{question.hint}] {chosen}\n")
    good = Counter(question.tries for question in questions if question.source == "model")
    samples = [sample for metric in EXAM_REJECTS.collect() for sample in metric.samples]
    reasons = {
        sample.labels["reason"]: sample.value
        for sample in samples
        if sample.labels.get("source") == "model" and sample.name.endswith("_total")
    }
    return {
        "cards": len(keys),
        "valid_first": good[1] / len(keys),
        "valid_after_retries": good.total() / len(keys),
        "template_kept": 1 - good.total() / len(keys),
        "rejected": reasons,
        "seconds_an_item": seconds / len(keys),
    }


def served_valid(learner: Any) -> tuple[int, float]:
    """Return how many questions are stored, and the share that the validator passes."""
    from exams.models import Question
    from exams.queries.exam_items import item_of
    from exams.queries.exam_material import around
    from exams.validation import faults

    deck = around(learner).deck
    stored = list(Question.objects.all())
    return len(stored), sum(not faults(item_of(each), deck) for each in stored) / len(stored)


@contextmanager
def model_server(weights: Path) -> Iterator[str]:
    """Run the embedded model; yield its URL."""
    port = free_port()
    command = [sys.executable, "-m", "config.ai.llm_server", str(weights), str(port)]
    environment = os.environ | {"OMP_WAIT_POLICY": "PASSIVE"}
    server = subprocess.Popen(command, env=environment)
    try:
        _wait(port, server)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait()


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    import httpx

    for _ in range(LOAD_SECONDS):
        with suppress(httpx.HTTPError):  # it does not listen yet
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200:
                return
        if server.poll() is not None:
            break
        time.sleep(1)
    raise SystemExit("the model does not load")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    call_command("migrate", verbosity=0)
    settings.LLM_BASE_URL = ""
    learner = prepare(rows(options.cards))
    figures: dict[str, Any] = {"template": twenty(learner)}
    figures["template"] |= each_kind(learner, options.cards, options.seed)
    weights = Path(options.weights) if options.weights else _weights()
    if weights is None or not weights.is_file():
        figures["model"] = "left out: there are no weights"
    else:
        settings.LLM_MODEL, settings.LLM_PARALLEL = weights.stem, 2
        settings.LLM_TOKENS_PER_DAY = settings.LLM_CALLS_PER_MINUTE = 0
        with model_server(weights) as settings.LLM_BASE_URL:
            found = by_model(learner, options.model_cards)
        figures["model"] = {"name": weights.name, **found}
    count, share = served_valid(learner)
    return figures | {"served": count, "served_valid": share}


def _weights() -> Path | None:
    from config.embedded.language_model import QWEN
    from config.settings import home

    return next((path for path in [home.llm_dir() / QWEN.name] if path.is_file()), None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--cards", type=int, default=200)
    parser.add_argument("--model-cards", type=int, default=20)
    parser.add_argument("--weights", default="")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    with temporary_servers():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
        figures = measure(options)
    ok = figures["served_valid"] == 1.0 and figures["template"]["exam20_s"] < EXAM_SECONDS
    about = {"n": ROUNDS, "seed": options.seed, "ok": ok}
    shown = json.loads(json.dumps(figures), parse_float=lambda text: round(float(text), 4))
    sys.stdout.write(json.dumps({"name": "exam_generation", **shown, **about}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())

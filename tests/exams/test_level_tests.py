"""A level test over HTTP: from the start to the result, and what is refused on the way."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.models import User
from accounts.queries.learners import Learner
from config.outbox import consume, relay, stream
from config.outbox.models import OutboxEntry
from exams import tasks
from exams.commands.level_tests import RETEST_AFTER, TIME_LIMIT
from exams.level_test import ITEMS_MAX, ITEMS_MIN, LEVELS
from exams.models import LevelAnswer, LevelItem, LevelTest
from tests.client import ApiClient
from tests.exams.sittings import answer, sit, started

pytestmark = pytest.mark.django_db


def _take(api: ApiClient, test: dict[str, Any], option: str | None = None) -> dict[str, Any]:
    while test["state"] == "open":
        given = answer(api, test, option)
        assert given.status_code == 201, given.content
        test = given.json()
    return test


def _right(question: dict[str, Any]) -> str:
    item = LevelItem.objects.get(stem=question["stem"], passage=question["passage"])
    assert [each["text"] for each in question["options"]] == item.options
    return "abcd"[item.key]


def test_who_knows_nothing_is_a1_and_who_knows_all_is_c2(
    api: ApiClient, bobs_api: ApiClient
) -> None:
    low = _take(api, started(api))
    assert low["result"]["level"] == "A1"
    assert low["question"] is None
    high = started(bobs_api)
    while high["state"] == "open":
        high = answer(bobs_api, high, _right(high["question"])).json()
    result = high["result"]
    assert result["level"] == "C2"
    assert result["probability"] == max(result["probabilities"].values())
    assert sum(result["probabilities"].values()) == pytest.approx(1)
    assert 0 < result["standard_error"] < 1
    assert ITEMS_MIN <= high["answer_count"] <= ITEMS_MAX


def test_the_question_tells_neither_its_level_nor_its_key(api: ApiClient) -> None:
    test = started(api)
    assert test["state"] == "open"
    assert test["result"] is None
    assert test["question"].keys() == {"id", "position", "kind", "passage", "stem", "options"}
    assert [option["key"] for option in test["question"]["options"]] == list("abcd")
    shown = api.get(f"/level-tests/{test['id']}/").json()
    assert shown["question"] == test["question"]
    assert shown["items"] == []


def test_a_finished_test_shows_what_was_asked(api: ApiClient) -> None:
    test = _take(api, started(api), "b")
    items = api.get(f"/level-tests/{test['id']}/").json()["items"]
    assert [item["position"] for item in items] == list(range(1, test["answer_count"] + 1))
    assert len({item["stem"] + item["passage"] for item in items}) == len(items)
    for item in items:
        assert item["is_right"] == (item["option"] == item["right_option"])
    assert {item["kind"] for item in items} == {"vocabulary", "grammar", "reading"}


def test_an_answer_that_comes_again_is_recorded_once(api: ApiClient) -> None:
    test, public_id = started(api), str(uuid4())
    first = answer(api, test, "a", id=public_id)
    again = answer(api, test, "a", id=public_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    other = answer(api, test, "b", id=public_id)
    assert (other.status_code, other.json()["code"]) == (409, "public_id_taken")
    assert LevelAnswer.objects.count() == 1


def test_a_replay_is_answered_even_after_the_end(api: ApiClient, time_machine: Any) -> None:
    test, public_id = started(api), str(uuid4())
    answer(api, test, "a", id=public_id)
    time_machine.move_to(timezone.now() + TIME_LIMIT + timedelta(seconds=1))
    assert answer(api, test, "a", id=public_id).status_code == 200


def test_an_order_of_ones_own_is_refused(api: ApiClient) -> None:
    test = started(api)
    second = answer(api, test).json()
    for question in (test["question"]["id"], str(uuid4())):
        body = {"question": question, "option": "a"}
        refused = api.post(f"/level-tests/{test['id']}/answers/", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_the_question")
    assert LevelAnswer.objects.count() == 1
    assert api.get(f"/level-tests/{test['id']}/").json()["question"] == second["question"]


def test_an_answer_after_time_is_refused_and_ends_the_test(
    api: ApiClient, time_machine: Any
) -> None:
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    test = started(api)
    time_machine.move_to(now + TIME_LIMIT - timedelta(seconds=1), tick=False)
    test = answer(api, test).json()
    time_machine.move_to(now + TIME_LIMIT, tick=False)
    late = answer(api, test)
    assert (late.status_code, late.json()["code"]) == (409, "level_test_over")
    shown = api.get(f"/level-tests/{test['id']}/").json()
    assert (shown["state"], shown["answer_count"], shown["result"]) == ("unfinished", 1, None)
    assert LevelAnswer.objects.count() == 1


def test_time_that_runs_out_after_enough_answers_gives_a_result(
    api: ApiClient, time_machine: Any
) -> None:
    test = started(api)
    for option in "abcd" * 2:
        test = answer(api, test, option).json()
    if test["state"] == "open":
        time_machine.move_to(timezone.now() + TIME_LIMIT)
        tasks.close_level_tests()
        test = api.get(f"/level-tests/{test['id']}/").json()
    assert test["state"] == "finished"
    assert test["result"]["level"] in LEVELS
    assert test["answer_count"] == ITEMS_MIN


def test_anothers_test_is_not_there(api: ApiClient, bobs_api: ApiClient) -> None:
    test = started(api)
    tried = [
        answer(bobs_api, test),
        bobs_api.get(f"/level-tests/{test['id']}/"),
        bobs_api.post(f"/level-tests/{test['id']}/stop/"),
    ]
    assert [each.status_code for each in tried] == [404] * 3
    assert {each.json()["code"] for each in tried} == {"level_test_not_found"}
    assert bobs_api.get("/level-tests/").json()["results"] == []
    assert LevelAnswer.objects.count() == 0
    assert LevelTest.objects.get().state == "open"


def test_the_id_of_an_answer_is_its_learners_own(api: ApiClient, bobs_api: ApiClient) -> None:
    same = str(uuid4())
    codes = [answer(each, started(each), id=same).status_code for each in (api, bobs_api)]
    assert codes == [201, 201]


@pytest.mark.parametrize(
    "body", [{}, {"question": "x", "option": "a"}, {"question": str(uuid4()), "option": "e"},
             {"question": str(uuid4())}, [], {"question": str(uuid4()), "option": 0}],
)  # fmt: skip
def test_what_is_no_answer_is_refused(api: ApiClient, body: Any) -> None:
    test = started(api)
    assert api.post(f"/level-tests/{test['id']}/answers/", body).status_code == 400
    assert LevelAnswer.objects.count() == 0


def test_one_test_is_open_at_a_time(api: ApiClient) -> None:
    test = started(api)
    second = api.post("/level-tests/")
    assert (second.status_code, second.json()["code"]) == (409, "level_test_open")
    stopped = api.post(f"/level-tests/{test['id']}/stop/")
    again = api.post(f"/level-tests/{test['id']}/stop/")
    assert stopped.json() == again.json()
    assert stopped.json()["state"] == "unfinished"
    assert answer(api, test).json()["code"] == "level_test_over"
    assert started(api)["id"] != test["id"]


def test_a_result_is_not_measured_again_at_once(
    api: ApiClient, alice: User, time_machine: Any
) -> None:
    _take(api, started(api))
    soon = api.post("/level-tests/")
    assert (soon.status_code, soon.json()["code"]) == (409, "retest_too_soon")
    assert f"{timezone.now() + RETEST_AFTER:%F}" in soon.json()["detail"]
    time_machine.move_to(timezone.now() + RETEST_AFTER)
    assert started(ApiClient(alice))["state"] == "open"


def test_tests_are_not_begun_without_end(api: ApiClient, alice: User, time_machine: Any) -> None:
    for _ in range(3):
        api.post(f"/level-tests/{started(api)['id']}/stop/")
    fourth = api.post("/level-tests/")
    assert (fourth.status_code, fourth.json()["code"]) == (409, "too_many_level_tests")
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert started(ApiClient(alice))["state"] == "open"


def test_the_next_test_asks_something_else(learner: Learner) -> None:
    now, random = timezone.now(), Random(1)
    sit(learner, 0.0, now, random)
    sit(learner, 0.0, now + RETEST_AFTER * 2, random)
    asked = list(LevelAnswer.objects.values_list("item_id", flat=True))
    assert len(asked) > 2 * ITEMS_MIN
    assert len(set(asked)) == len(asked)


def test_a_withdrawn_item_is_not_asked(api: ApiClient) -> None:
    LevelItem.objects.exclude(code="A1-V-01").update(is_withdrawn=True)
    test = started(api)
    assert LevelItem.objects.get(stem=test["question"]["stem"]).code == "A1-V-01"
    ended = answer(api, test).json()  # nothing is left to ask, and one answer is no result
    assert (ended["state"], ended["result"]) == ("unfinished", None)
    LevelItem.objects.update(is_withdrawn=True)
    assert api.post("/level-tests/").json()["code"] == "item_bank_empty"


def test_the_profile_shows_the_level_by_event(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "KEY", f"events-{uuid4()}")
    assert api.get("/me/").json()["level"] == ""
    test = _take(api, started(api))
    assert OutboxEntry.objects.count() == 1
    assert api.get("/me/").json()["level"] == ""
    for _ in range(2):
        relay.Relay().run()
        consume.consume("test")
    profile = api.get("/me/").json()
    assert (profile["level"], profile["level_measured_at"]) == ("A1", test["ended_at"])
    stream.client().delete(stream.KEY)


def test_an_older_measurement_that_comes_late_changes_nothing(alice: User) -> None:
    from accounts.commands.profile import note_level

    now = timezone.now()
    note_level(public_id=alice.public_id, level="B2", measured_at=now)
    note_level(public_id=alice.public_id, level="A1", measured_at=now - timedelta(days=1))
    alice.refresh_from_db()
    assert (alice.level, alice.level_measured_at) == ("B2", now)


def test_the_history_is_listed_and_drawn(api: ApiClient, learner: Learner) -> None:
    empty = ET.fromstring(api.get("/level-tests/history.svg").content)  # noqa: S314
    assert "none yet" in str(empty[0].text)
    now = timezone.now() - timedelta(days=60)
    abilities = [-1.5, 1.5]
    tests = [
        sit(learner, each, now + n * timedelta(days=30), Random(n))
        for n, each in enumerate(abilities)
    ]
    listed = api.get("/level-tests/").json()["results"]
    assert [each["id"] for each in listed] == [str(test.public_id) for test in reversed(tests)]
    answer = api.get("/level-tests/history.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    picture = ET.fromstring(answer.content)  # noqa: S314
    circles = [each for each in picture if each.tag.endswith("circle")]
    heights = [float(each.attrib["cy"]) for each in circles]
    assert len(heights) == 2
    assert heights[0] > heights[1]  # the second is the better one


@pytest.mark.parametrize("statement", ["UPDATE {} SET is_right = true", "DELETE FROM {}"])
def test_an_answer_stays_as_it_was_given(api: ApiClient, statement: str) -> None:
    answer(api, started(api))
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(statement.format("exams_levelanswer"))


def test_an_answer_takes_few_queries(api: ApiClient, django_assert_max_num_queries: Any) -> None:
    test = started(api)
    for _ in range(4):
        test = answer(api, test, "a").json()
    with django_assert_max_num_queries(16):
        answer(api, test, "a")

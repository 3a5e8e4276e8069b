"""A teacher's group: invited by address, joined by choice, seen only with consent."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Invitation, LearnerGroup, Membership, User
from accounts.queries.learners import learner_of
from accounts.roles import Role
from exams.commands.exams import ExamWish, make_exam
from exams.models import Exam, Question
from exams.validation import Kind
from review import projections
from review.models import Content
from review.read_models import SUMS, DayCategory
from tests import make
from tests.client import ApiClient
from tests.review.cards import card

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher() -> User:
    return make.user("teacher@example.com", role=Role.TEACHER.value, name="Ms Kim")


@pytest.fixture
def group(teacher: User) -> str:
    """The address of a group."""
    made = ApiClient(teacher).post("/groups/", {"name": "Class 3"})
    assert made.status_code == 201
    return f"/groups/{made.json()['id']}/"


def _verified(user: User) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def _join(teacher: User, group: str, user: User, *, shows_progress: bool) -> ApiClient:
    _verified(user)
    api = ApiClient(user)
    assert ApiClient(teacher).post(f"{group}invitations/", {"email": user.email}).status_code == 201
    (invited,) = api.get("/me/invitations/").json()
    assert (invited["group"], invited["teacher"]) == ("Class 3", "Ms Kim")
    body = {"shows_progress": shows_progress}
    assert api.post(f"/me/invitations/{invited['id']}/", body).status_code == 201
    return api


def test_learners_make_no_groups(api: ApiClient) -> None:
    answer = api.post("/groups/", {"name": "mine"})
    assert (answer.status_code, answer.json()["code"]) == (403, "only_teachers")
    assert not LearnerGroup.objects.exists()


def test_an_invitation_is_for_who_has_verified_the_address(
    teacher: User, group: str, alice: User, api: ApiClient, bobs_api: ApiClient
) -> None:
    ApiClient(teacher).post(f"{group}invitations/", {"email": "Alice@example.com"})
    ApiClient(teacher).post(f"{group}invitations/", {"email": "nobody@example.com"})
    assert api.get("/me/invitations/").json() == []
    _verified(alice)
    (invited,) = api.get("/me/invitations/").json()
    address = f"/me/invitations/{invited['id']}/"
    assert bobs_api.post(address, {"shows_progress": True}).status_code == 404
    assert api.post(address, {}).status_code == 400
    assert api.delete(address).status_code == 204
    assert not Membership.objects.exists()
    assert list(Invitation.objects.values_list("email", flat=True)) == ["nobody@example.com"]


def test_progress_is_shown_of_those_who_agree_and_as_long_as_they_do(
    teacher: User, group: str, alice: User, bob: User
) -> None:
    alices = _join(teacher, group, alice, shows_progress=True)
    bobs = _join(teacher, group, bob, shows_progress=False)
    for user in (alice, bob):
        day = {"user_id": user.pk, "category_id": 1, "local_day": timezone.now().date()}
        DayCategory.objects.create(**day, **dict.fromkeys(SUMS, 0) | {"review_count": 4,
                                   "again_count": 1, "good_count": 3})  # fmt: skip
    projections.refresh()
    api = ApiClient(teacher)
    (shown,) = api.get(f"{group}progress/").json()
    assert (shown["review_count"], shown["success_rate"], shown["active_days"]) == (4, 0.75, 1)
    assert alice.email not in str(api.get(group).json())
    assert bobs.get(f"{group}progress/").status_code == 404
    bobs.patch(f"{group}membership/", {"shows_progress": True})
    assert len(api.get(f"{group}progress/").json()) == 2
    alices.patch(f"{group}membership/", {"shows_progress": False})
    bobs.delete(f"{group}membership/")
    assert api.get(f"{group}progress/").json() == []
    (member,) = api.get(group).json()["members"]
    assert api.delete(f"{group}members/{member['id']}/").status_code == 204
    assert alices.get("/groups/").json() == {"taught": [], "joined": []}


def test_an_assigned_category_is_copied_once(
    teacher: User, group: str, alice: User, bobs_api: ApiClient
) -> None:
    now, learner = timezone.now(), learner_of(teacher)
    theirs = [card(learner, word, now) for word in ("zebra", "walnut")]
    category = theirs[0].category
    alices = _join(teacher, group, alice, shows_progress=False)
    body = {"category": str(category.public_id)}
    assert alices.post(f"{group}categories/", body).status_code == 404
    copy = f"{group}categories/{category.public_id}/copy/"
    assert alices.post(copy).status_code == 404
    ApiClient(teacher).post(f"{group}categories/", body)
    (assigned,) = alices.get(f"{group}categories/").json()
    assert (assigned["name"], assigned["card_count"]) == (category.name, 2)
    counts = [
        (each["new_count"], each["known_count"])
        for each in (alices.post(copy).json(), alices.post(copy).json())
    ]
    assert counts == [(2, 0), (0, 2)]
    own = Content.objects.filter(user=alice)
    assert set(own.values_list("front", flat=True)) == {"zebra", "walnut"}
    assert not set(own.values_list("public_id")) & {(each.public_id,) for each in theirs}
    assert bobs_api.post(copy).status_code == 404


def _attempt(api: ApiClient, exam: str, answers: dict[str, str]) -> None:
    attempt: Any = api.post(f"/exams/{exam}/attempts/").json()
    while attempt["state"] == "open":
        asked = attempt["question"]
        body = {"question": asked["id"], "text": answers[asked["stem"]]}
        api.post(f"/attempts/{attempt['id']}/answers/", body)
        attempt = api.get(f"/attempts/{attempt['id']}/").json()


def test_a_shared_exam_is_taken_as_a_copy_and_its_results_are_seen_with_consent(
    teacher: User, group: str, alice: User, bob: User
) -> None:
    now, learner = timezone.now() - timedelta(days=1), learner_of(teacher)
    for word in ("zebra", "walnut"):
        card(learner, word, now, back=f"the meaning of {word[::-1]}")
    wish = ExamWish(size=2, minutes=10, kinds=[Kind.TYPING], choice="all")
    exam = make_exam(learner=learner, wish=wish, now=timezone.now())
    right = {each.stem: each.words[0] for each in exam.questions.all()}
    alices = _join(teacher, group, alice, shows_progress=True)
    bobs = _join(teacher, group, bob, shows_progress=False)
    take = f"{group}exams/{exam.public_id}/take/"
    assert alices.post(take).status_code == 404
    assert alices.post(f"{group}exams/", {"exam": str(exam.public_id)}).status_code == 404
    ApiClient(teacher).post(f"{group}exams/", {"exam": str(exam.public_id)})
    assert [each["exam"] for each in alices.get(f"{group}exams/").json()] == [str(exam.public_id)]
    for api in (alices, bobs):
        copies = [api.post(take) for _ in range(2)]
        assert [each.status_code for each in copies] == [201, 200]
        assert copies[0].json() == copies[1].json()
        _attempt(api, copies[0].json()["exam"], right)
    (shown,) = ApiClient(teacher).get(f"{group}exams/{exam.public_id}/results/").json()
    assert (shown["points"], shown["question_count"]) == (2.0, 2)
    assert alices.get(f"{group}exams/{exam.public_id}/results/").status_code == 404
    assert Exam.objects.filter(shared_from=exam).count() == 2
    assert not Question.objects.exclude(user=teacher).exclude(card_ids=[]).exists()

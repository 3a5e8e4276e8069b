"""One row a route of ours: who it is for, and a body that would do something if it were let in."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

from django.utils import timezone

from tests.isolation.world import World

Body = Callable[[World], dict[str, Any]]


class For(StrEnum):
    """Whom a route is for."""

    ALL = "whoever asks"
    LEARNER = "a learner: it shows and changes their own"
    OWNER = "the owner of the row that its address names"
    SIGN_IN = "whoever signs in"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Row:
    """A route's row; ``query`` and ``body`` name what is the owner's.

    ``takes_file``: JSON does not get in, not even the owner's.
    """

    audience: For
    body: Body = lambda _: {}
    query: Body = lambda _: {}
    takes_file: bool = False


def _category(world: World) -> dict[str, Any]:
    return {"category": str(world.ids["full_category_id"])}


def _card(world: World) -> dict[str, Any]:
    return {"front": "theirs", "back": "b", **_category(world)}


def _answer(world: World) -> dict[str, Any]:
    content = str(world.ids["content_id"])
    return {"content": content, "rating": 3, "taken_ms": 1}


def _late_answer(world: World) -> dict[str, Any]:
    moment = {"reviewed_at": timezone.now().isoformat(), "id": str(uuid4())}
    return {"reviews": [{**_answer(world), **moment}]}


def _chosen_word(world: World) -> dict[str, Any]:
    return {"words": [{"id": str(world.ids["word_id"]), "back": "b"}]}


def _level_answer(world: World) -> dict[str, Any]:
    return {"question": str(world.ids["question_id"]), "option": "a", "id": str(uuid4())}


def _exam_answer(world: World) -> dict[str, Any]:
    answer = {"question": str(world.ids["exam_question_id"]), "text": "zebra"}
    return {**answer, "id": str(world.ids["answer_id"])}


def _into(world: World) -> dict[str, Any]:
    return {"into": str(world.ids["full_category_id"])}


def _below(world: World) -> dict[str, Any]:
    return {"name": "theirs", "parent": str(world.ids["full_category_id"])}


_ALL, _LEARNER, _OWNER = Row(For.ALL), Row(For.LEARNER), Row(For.OWNER)
ROWS: dict[str, Row] = {
    "healthz": _ALL,
    "readyz": _ALL,
    "metrics": _ALL,
    "api/schema/": _ALL,
    "api/docs/": _ALL,
    "api/v1/": _ALL,
    "api/v1/me/": Row(For.LEARNER, lambda _: {"name": "theirs"}),
    "api/v1/me/notifications/": Row(For.LEARNER, lambda _: {"is_reminded": False}),
    "api/v1/me/avatar/": _LEARNER,
    "api/v1/me/avatar/<int:size>/": Row(For.LEARNER, takes_file=True),  # they have no picture
    "api/v1/me/summary/": _LEARNER,
    "api/v1/me/rewards/": _LEARNER,
    "api/v1/me/rewards/ledger/": _LEARNER,
    "api/v1/unsubscribe/<str:link>/": Row(For.SIGN_IN),
    "api/v1/groups/": Row(For.LEARNER, lambda _: {"name": "theirs"}),
    "api/v1/groups/<uuid:group_id>/": _OWNER,
    "api/v1/groups/<uuid:group_id>/invitations/": Row(
        For.OWNER, lambda _: {"email": "friend@example.com"}
    ),
    "api/v1/groups/<uuid:group_id>/members/<uuid:member_id>/": _OWNER,
    "api/v1/groups/<uuid:group_id>/membership/": Row(For.OWNER, lambda _: {"shows_progress": True}),
    "api/v1/groups/<uuid:group_id>/progress/": _OWNER,
    "api/v1/groups/<uuid:group_id>/categories/": Row(For.OWNER, _category),
    "api/v1/groups/<uuid:group_id>/categories/<uuid:category_id>/copy/": _OWNER,
    "api/v1/groups/<uuid:group_id>/exams/": Row(
        For.OWNER, lambda world: {"exam": str(world.ids["exam_id"])}
    ),
    "api/v1/groups/<uuid:group_id>/exams/<uuid:exam_id>/take/": _OWNER,
    "api/v1/groups/<uuid:group_id>/exams/<uuid:exam_id>/results/": _OWNER,
    "api/v1/me/invitations/": _LEARNER,
    "api/v1/me/invitations/<uuid:invitation_id>/": Row(
        For.OWNER, lambda _: {"shows_progress": True}
    ),
    "api/v1/account/deletion/": Row(For.LEARNER, lambda world: {"email": world.owner.email}),
    "api/v1/account/archives/": _LEARNER,
    "api/v1/account/archives/import/": Row(For.LEARNER, takes_file=True),
    "api/v1/account/archives/<uuid:archive_id>/": _OWNER,
    "api/v1/account/archives/<uuid:archive_id>/file/": _OWNER,
    "api/v1/api-keys/": Row(For.LEARNER, lambda _: {"name": "k", "scopes": ["me:read"]}),
    "api/v1/api-keys/<uuid:key_id>/": _OWNER,
    "api/v1/devices/": _LEARNER,
    "api/v1/devices/<uuid:device_id>/": _OWNER,
    "api/v1/levels/": Row(For.LEARNER, lambda _: {"text": "This is a short and simple text."}),
    "api/v1/level-tests/": _LEARNER,
    "api/v1/level-tests/history.svg": _LEARNER,
    "api/v1/level-tests/<uuid:level_test_id>/": _OWNER,
    "api/v1/level-tests/<uuid:level_test_id>/answers/": Row(For.OWNER, _level_answer),
    "api/v1/level-tests/<uuid:level_test_id>/stop/": _OWNER,
    "api/v1/exams/": _LEARNER,
    "api/v1/exams/weekly/": _LEARNER,
    "api/v1/exams/<uuid:exam_id>/": _OWNER,
    "api/v1/exams/<uuid:exam_id>/attempts/": _OWNER,
    "api/v1/exams/<uuid:exam_id>/questions/<uuid:exam_question_id>/report/": _OWNER,
    "api/v1/speech/": Row(For.LEARNER, lambda world: {"content": str(world.ids["content_id"])}),
    "api/v1/speech/<uuid:speech_id>/audio/": _OWNER,
    "api/v1/attempts/": _LEARNER,
    "api/v1/attempts/<uuid:attempt_id>/": _OWNER,
    "api/v1/attempts/<uuid:attempt_id>/answers/": Row(For.OWNER, _exam_answer),
    "api/v1/attempts/<uuid:attempt_id>/finish/": _OWNER,
    "api/v1/attempts/<uuid:attempt_id>/questions/<uuid:exam_question_id>/audio/": _OWNER,
    "api/v1/attempts/<uuid:attempt_id>/reviews/": Row(
        For.OWNER, lambda world: {"contents": [str(world.ids["content_id"])]}
    ),
    "api/v1/attempts/<uuid:attempt_id>/answers/<uuid:answer_id>/appeal/": Row(
        For.OWNER, lambda _: {"text": "It is right."}
    ),
    "api/v1/categories/": Row(For.LEARNER, _below),
    "api/v1/categories/<uuid:category_id>/": Row(For.OWNER, _below, _into),
    "api/v1/categories/<uuid:category_id>/scheduling/": Row(
        For.OWNER, lambda _: {"desired_retention": 0.8}
    ),
    "api/v1/categories/<uuid:category_id>/plan/": Row(For.OWNER, lambda _: {"new_a_day": 7}),
    "api/v1/plan/": Row(For.LEARNER, lambda _: {"new_a_day": 7}),
    "api/v1/plan/deferred/": _LEARNER,
    "api/v1/contents/": Row(For.LEARNER, _card, _category),
    "api/v1/contents/bulk/": Row(For.LEARNER, lambda world: {"contents": [_card(world)]}),
    "api/v1/contents/<uuid:content_id>/": Row(For.OWNER, lambda _: {"front": "theirs"}),
    "api/v1/contents/duplicates/": Row(For.LEARNER, query=_category),
    "api/v1/contents/<uuid:content_id>/merge/": Row(
        For.OWNER, lambda world: {"content": str(world.ids["other_content_id"])}
    ),
    "api/v1/contents/<uuid:content_id>/move/": Row(For.OWNER, _category),
    "api/v1/contents/<uuid:content_id>/archive/": _OWNER,
    "api/v1/contents/<uuid:content_id>/restore/": _OWNER,
    "api/v1/contents/<uuid:content_id>/suspend/": _OWNER,
    "api/v1/contents/<uuid:content_id>/unsuspend/": _OWNER,
    "api/v1/contents/<uuid:content_id>/bury/": _OWNER,
    "api/v1/contents/<uuid:content_id>/reset/": _OWNER,
    "api/v1/reviews/": Row(For.LEARNER, _answer),
    "api/v1/reviews/due/": Row(For.LEARNER, query=_category),
    "api/v1/reviews/<uuid:review_id>/undo/": _OWNER,
    "api/v1/reviews/log/": _LEARNER,
    "api/v1/reviews/batch/": Row(For.LEARNER, _late_answer),
    "api/v1/scheduling/": Row(For.LEARNER, lambda _: {"desired_retention": 0.8}),
    "api/v1/scheduling/optimisations/": _LEARNER,
    "api/v1/statistics/charts/<slug:name>/": Row(For.LEARNER, query=_category),
    "api/v1/statistics/<slug:name>.svg": Row(For.LEARNER, query=_category),
    "api/v1/statistics/<slug:name>.png": Row(For.LEARNER, query=_category),
    "api/v1/statistics/answers/": _LEARNER,
    "api/v1/statistics/dashboard/": _LEARNER,
    "api/v1/statistics/categories/": _LEARNER,
    "api/v1/statistics/retention/": _LEARNER,
    "api/v1/statistics/hours/": _LEARNER,
    "api/v1/statistics/activity/": _LEARNER,
    "api/v1/exports/anki/": Row(For.LEARNER, query=_category, body=_category),
    "api/v1/exports/<uuid:export_id>/": _OWNER,
    "api/v1/exports/<uuid:export_id>/file/": _OWNER,
    "api/v1/exports/table/": Row(For.LEARNER, query=_category),
    "api/v1/imports/table/": Row(For.LEARNER, takes_file=True),
    "api/v1/imports/table/preview/": Row(For.LEARNER, takes_file=True),
    "api/v1/imports/": _LEARNER,
    "api/v1/imports/anki/": Row(For.LEARNER, takes_file=True),
    "api/v1/imports/<uuid:import_id>/": _OWNER,
    "api/v1/imports/<uuid:import_id>/start/": _OWNER,
    "api/v1/media/<uuid:medium_id>/": _OWNER,
    "api/v1/scans/": _LEARNER,
    "api/v1/scans/<uuid:scan_id>/": _OWNER,
    "api/v1/scans/<uuid:scan_id>/retry/": _OWNER,
    "api/v1/scans/<uuid:scan_id>/events/": _OWNER,
    "api/v1/scans/<uuid:scan_id>/original/": _OWNER,
    "api/v1/scans/<uuid:scan_id>/thumbnail/": _OWNER,
    "api/v1/scans/<uuid:scan_id>/text.json": _OWNER,
    "api/v1/scans/<uuid:scan_id>/text.txt": _OWNER,
    "api/v1/scans/<uuid:scan_id>/text.md": _OWNER,
    "api/v1/scans/<uuid:scan_id>/pages/<int:number>/image/": _OWNER,
    "api/v1/scans/<uuid:scan_id>/pages/<int:number>/overlay.png": _OWNER,
    "api/v1/conversations/": Row(For.LEARNER, lambda _: {"title": "theirs"}),
    "api/v1/conversations/<uuid:conversation_id>/": Row(For.OWNER, lambda _: {"title": "theirs"}),
    "api/v1/conversations/<uuid:conversation_id>/messages/": Row(
        For.OWNER, lambda _: {"text": "theirs", "id": str(uuid4())}
    ),
    "api/v1/conversations/<uuid:conversation_id>/messages/<uuid:message_id>/cancel/": _OWNER,
    "api/v1/conversations/<uuid:conversation_id>/messages/<uuid:message_id>/card/": Row(
        For.OWNER, lambda world: {"category": str(world.ids["full_category_id"])}
    ),
    "api/v1/memory/": Row(For.LEARNER, lambda _: {"text": "theirs"}),
    "api/v1/memory/<uuid:fact_id>/": Row(For.OWNER, lambda _: {"text": "theirs"}),
    "api/v1/chat/today/": _LEARNER,
    "api/v1/chat/batch/": Row(For.LEARNER, lambda _: {"texts": ["theirs"]}),
    "api/v1/chat/batch/<uuid:batch_id>/": _OWNER,
    "api/v1/chat/analyses/": _LEARNER,
    "api/v1/chat/analyses/<uuid:analysis_id>/trend.svg": _OWNER,
    "api/v1/jobs/": _LEARNER,
    "api/v1/jobs/<uuid:job_id>/": _OWNER,
    "api/v1/ocr/extract/": Row(For.LEARNER, takes_file=True),
    "api/v1/ocr/extract/sync/": Row(For.LEARNER, takes_file=True),
    "api/v1/scans/<uuid:scan_id>/cards/": Row(For.OWNER, _chosen_word),
}


def _credentials(world: World) -> dict[str, Any]:
    """Return what somebody might try who knows the owner's address."""
    tried = "not alice's secret"
    return {
        "email": world.owner.email,
        "password": tried,
        "current_password": tried,
        "new_password": "a-new-long-secret-1",
        "key": "not-a-key",
        "code": "000000",
        "refresh_token": "not-a-token",
        "id": str(world.owner.public_id),
    }


def row_of(route: str) -> Row | None:
    """Return a route's row: sign-in and admin have one each; None where nobody wrote one."""
    if route.startswith("admin/"):
        return Row(For.STAFF)
    if route.startswith("api/v1/auth/"):
        return Row(For.SIGN_IN, _credentials)
    return ROWS.get(route)

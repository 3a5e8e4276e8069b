"""Reviews over HTTP: what is due, and the answers."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from review.commands.recording import Answer, RecordedReview
from review.commands.reviews import record_review, undo_review
from review.queries.contents import STAGES, stage_name
from review.queries.due import Order, due_cards, intervals
from review.ratings import Rating, result_of

TAKEN_MS_MAX = 3_600_000


class IntervalSerializer(serializers.Serializer[Any]):
    """What one rating would lead to."""

    due_at = serializers.DateTimeField()
    seconds = serializers.IntegerField()


class IntervalsSerializer(serializers.Serializer[Any]):
    """What each of the four ratings would lead to."""

    again = IntervalSerializer()
    hard = IntervalSerializer()
    good = IntervalSerializer()
    easy = IntervalSerializer()


class DueCardSerializer(serializers.Serializer[Any]):
    """A card to review now."""

    id = serializers.UUIDField()
    category = serializers.UUIDField()
    front = serializers.CharField()
    back = serializers.CharField()
    gloss = serializers.CharField()
    example = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    source = serializers.DictField()  # type: ignore[assignment]
    stage = serializers.ChoiceField(STAGES)
    due_at = serializers.DateTimeField()
    reps = serializers.IntegerField()
    lapses = serializers.IntegerField()
    retrievability = serializers.FloatField(allow_null=True, help_text="Chance of recall now, 0-1")
    next_intervals = IntervalsSerializer()


class DueSerializer(serializers.Serializer[Any]):
    """The cards due now, oldest first, and how many there are in all."""

    due_count = serializers.IntegerField()
    cards = DueCardSerializer(many=True)


class DueQuerySerializer(serializers.Serializer[Any]):
    """What to list."""

    category = serializers.UUIDField(required=False, help_text="The category and all below it")
    limit = serializers.IntegerField(min_value=1, max_value=200, default=20)
    order = serializers.ChoiceField(
        [order.value for order in Order],
        default=Order.PLANNED.value,
        help_text="recall: the most surely recalled first, which saves most of a backlog",
    )


class AnswerSerializer(serializers.Serializer[Any]):
    """One answer; ``id`` makes a repeated request harmless, for ever."""

    content = serializers.UUIDField()
    rating = serializers.IntegerField(
        min_value=1, max_value=4, help_text="1 again, 2 hard, 3 good, 4 easy"
    )
    taken_ms = serializers.IntegerField(min_value=0, max_value=TAKEN_MS_MAX, default=0)
    reviewed_at = serializers.DateTimeField(
        required=False, help_text="When it was given, if not now: at most 5 minutes ahead"
    )
    id = serializers.UUIDField(required=False, help_text="Chosen by the client")


class ScheduleSerializer(serializers.Serializer[Any]):
    """When a card comes back, and what is known of the memory of it."""

    stage = serializers.ChoiceField(STAGES)
    due_at = serializers.DateTimeField()
    stability = serializers.FloatField(allow_null=True, help_text="Days until recall falls to 90 %")
    difficulty = serializers.FloatField(allow_null=True, help_text="1-10")
    reps = serializers.IntegerField()
    lapses = serializers.IntegerField()


class RecordedReviewSerializer(serializers.Serializer[Any]):
    """The answer as it was recorded, and the card's new schedule."""

    id = serializers.UUIDField()
    content = serializers.UUIDField()
    schedule = ScheduleSerializer()
    next_intervals = IntervalsSerializer(help_text="From the moment the card is due")


class RecordedAnswerSerializer(RecordedReviewSerializer):
    """An answer's outcome."""

    result = serializers.ChoiceField(["forgot", "partial", "remembered"])


def recorded_shown(recorded: RecordedReview) -> dict[str, Any]:
    """Return a recorded fact as the API shows one."""
    state = recorded.state
    schedule = {
        name: getattr(state, name)
        for name in ("due_at", "stability", "difficulty", "reps", "lapses")
    }
    return {
        "id": recorded.public_id,
        "content": recorded.content_id,
        "schedule": {"stage": stage_name(state.stage), **schedule},
        "next_intervals": intervals(recorded.due_at_by_rating, state.due_at),
    }


def answer_shown(recorded: RecordedReview, rating: Rating) -> dict[str, Any]:
    """Return a recorded answer as the API shows one."""
    return {**recorded_shown(recorded), "result": result_of(rating)}


def answer_of(data: dict[str, Any]) -> Answer:
    """Return the answer that an AnswerSerializer has validated."""
    return Answer(
        content_id=data["content"],
        rating=Rating(data["rating"]),
        taken_ms=data["taken_ms"],
        reviewed_at=data.get("reviewed_at"),
        public_id=data.get("id"),
    )


_ANSWER, _DUE_QUERY = AnswerSerializer(), DueQuerySerializer()  # fields are costly to make


class Due(APIView):
    """The cards to review now."""

    @extend_schema(
        operation_id="reviews_due",
        parameters=[DueQuerySerializer],
        responses=DueSerializer,
        tags=["reviews"],
    )
    def get(self, request: Request) -> Response:
        """Return the cards due now, oldest first; nothing is hidden for being late."""
        query = _DUE_QUERY.run_validation(request.query_params)
        due = due_cards(
            learner_of(request.user),
            now=timezone.now(),
            limit=query["limit"],
            category_id=query.get("category"),
            order=Order(query["order"]),
        )
        return Response({"due_count": due.due_count, "cards": due.cards})


class Reviews(APIView):
    """The learner's answers."""

    @extend_schema(
        operation_id="reviews_record",
        request=AnswerSerializer,
        responses={201: RecordedAnswerSerializer, 200: RecordedAnswerSerializer},
        tags=["reviews"],
    )
    def post(self, request: Request) -> Response:
        """Record an answer; 200 instead of 201 when this ``id`` had been recorded before."""
        answer = answer_of(_ANSWER.run_validation(request.data))
        recorded = record_review(
            learner=learner_of(request.user), answer=answer, now=timezone.now()
        )
        return Response(answer_shown(recorded, answer.rating), status=_code(recorded))


class ReviewUndo(APIView):
    """One step back."""

    @extend_schema(
        operation_id="reviews_undo",
        request=None,
        responses={201: RecordedReviewSerializer, 200: RecordedReviewSerializer},
        tags=["reviews"],
    )
    def post(self, request: Request, review_id: UUID) -> Response:
        """Take an answer back: schedule and statistics are as if it had not been. Twice is once."""
        learner = learner_of(request.user)
        recorded = undo_review(learner=learner, review_id=review_id, now=timezone.now())
        return Response(recorded_shown(recorded), status=_code(recorded))


def _code(recorded: RecordedReview) -> int:
    return status.HTTP_201_CREATED if recorded.is_new else status.HTTP_200_OK


urlpatterns = [
    path("", Reviews.as_view(), name="reviews"),
    path("due/", Due.as_view(), name="reviews-due"),
    path("<uuid:review_id>/undo/", ReviewUndo.as_view(), name="review-undo"),
]

"""What a learner has earned, over HTTP."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import rewards_of
from accounts.models import RewardEntry
from accounts.queries.learners import learner_of
from accounts.rewards.standing import standing


class CharacterSerializer(serializers.Serializer[Any]):
    """It grows with XP: seed, sprout, sapling, tree, forest."""

    stage = serializers.CharField()
    level = serializers.IntegerField()
    level_begins_at_xp = serializers.IntegerField()
    next_level_at_xp = serializers.IntegerField()


class StreakSerializer(serializers.Serializer[Any]):
    """Days in a row; each seven earn a freeze, which a missed day takes instead of the streak."""

    days = serializers.IntegerField()
    freezes = serializers.IntegerField()
    best = serializers.IntegerField()


class MissionSerializer(serializers.Serializer[Any]):
    """Something to do in your day or week."""

    code = serializers.CharField()
    period = serializers.CharField(help_text="day or week")
    done = serializers.IntegerField()
    wanted = serializers.IntegerField()
    xp = serializers.IntegerField()
    is_complete = serializers.BooleanField()


class AchievementSerializer(serializers.Serializer[Any]):
    """Something you have done for ever."""

    code = serializers.CharField()
    xp = serializers.IntegerField()
    earned_at = serializers.DateTimeField()


class RewardsSerializer(serializers.Serializer[Any]):
    """What you have earned; it follows your reviews within seconds."""

    xp = serializers.IntegerField()
    character = CharacterSerializer()
    streak = StreakSerializer()
    missions = MissionSerializer(many=True)
    achievements = AchievementSerializer(many=True)


class RewardEntrySerializer(serializers.ModelSerializer[RewardEntry]):
    """One entry of the ledger; ``key`` says for what."""

    class Meta:
        model = RewardEntry
        fields = ("key", "kind", "xp", "local_day", "occurred_at")


class Rewards(APIView):
    """Where the learner stands."""

    @extend_schema(operation_id="rewards_read", responses=RewardsSerializer, tags=["me"])
    def get(self, request: Request) -> Response:
        """Return your XP, character, streak, missions and achievements."""
        return Response(standing(learner_of(request.user), now=timezone.now()))


class Ledger(GenericAPIView[RewardEntry]):
    """All rewards."""

    filter_backends = ()
    serializer_class = RewardEntrySerializer

    @extend_schema(
        operation_id="rewards_ledger", responses=RewardEntrySerializer(many=True), tags=["me"]
    )
    def get(self, request: Request) -> Response:
        """Return every reward of yours, newest first, in pages."""
        page = self.paginate_queryset(rewards_of(request.user.pk or 0)) or []
        return self.get_paginated_response(RewardEntrySerializer(page, many=True).data)

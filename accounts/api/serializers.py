"""A learner's profile, in and out."""

from typing import Any

from rest_framework import serializers

from accounts.models import User


class ProfileSerializer(serializers.Serializer[Any]):
    """A learner's own page."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    native_language = serializers.CharField()
    target_language = serializers.CharField()
    time_zone = serializers.CharField()
    rollover_hour = serializers.IntegerField()
    level = serializers.CharField(help_text="A1-C2 by the last level test; empty before")
    level_measured_at = serializers.DateTimeField(allow_null=True)
    joined_at = serializers.DateTimeField()


class ProfileChangesSerializer(serializers.ModelSerializer[User]):
    """What a learner may change; every field may be left out."""

    class Meta:
        model = User
        fields = ("name", "native_language", "target_language", "time_zone", "rollover_hour")

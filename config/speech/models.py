"""What learners had read aloud."""

from django.conf import settings
from django.db import models

from config.identifiers import new_public_id
from config.jobs.models import Job
from config.speech import texts

VOICES = [(voice.value, voice.value) for voice in texts.Voice]
SPEEDS = [(speed.value, speed.value) for speed in texts.Speed]


class Speech(models.Model):
    """A text of one learner, spoken; the sound itself is shared by its hash, this row is not."""

    class Purpose(models.TextChoices):
        """Who asked for it; what an exam asks is not found by the learner's own asking."""

        OWN = "own"
        EXAM = "exam"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    purpose = models.CharField(max_length=4, choices=Purpose)
    sha256 = models.CharField(max_length=64, db_index=True)
    text = models.CharField(max_length=texts.LENGTH_MAX)
    voice = models.CharField(max_length=5, choices=VOICES)
    speed = models.CharField(max_length=6, choices=SPEEDS)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(db_index=True, help_text="When it was last asked for")

    class Meta:
        verbose_name_plural = "speech"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose", "sha256"], name="one_speech_a_learner"
            )
        ]

    def __str__(self) -> str:
        return f"{self.voice} {self.speed}"

"""What is stored: conversations, their messages, the numbered events by which clients follow."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from config.identifiers import new_public_id

TITLE_MAX = 120
RUNNING = ("waiting", "writing")


class Conversation(models.Model):
    """A learner and the tutor; ``event_count`` is the number of the last event."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    title = models.CharField(max_length=TITLE_MAX, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    event_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    said_at = models.DateTimeField(help_text="When the last message was posted")

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="conversations_newest")]

    def __str__(self) -> str:
        return self.title or f"{self.created_at:%F %H:%M}"


class Message(models.Model):
    """What was said: the record. A reply of the tutor's is written while clients follow it."""

    class Role(models.TextChoices):
        """Who says it."""

        LEARNER = "learner"
        TUTOR = "tutor"

    class Intent(models.TextChoices):
        """What the learner wants, or which part of the tutor has answered."""

        CHAT = "chat"
        CORRECTION = "correction"
        VOCABULARY = "vocabulary"
        LEVEL_TEST = "level_test"
        EXAM = "exam"

    class State(models.TextChoices):
        """WAITING and WRITING, then for ever one of the others; a learner's message is DONE."""

        WAITING = "waiting"
        WRITING = "writing"
        DONE = "done"
        CANCELLED = "cancelled"
        CUT = "cut"

    public_id = models.UUIDField(default=new_public_id, help_text="May be chosen by the client")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="messages", db_index=False
    )
    position = models.PositiveIntegerField(help_text="From 1")
    role = models.CharField(max_length=8, choices=Role)
    intent = models.CharField(
        max_length=12, choices=Intent, blank=True, help_text="Empty: the tutor decides"
    )
    text = models.TextField(blank=True)
    extras = models.JSONField(default=dict, help_text="What came with it: a correction, cards")
    state = models.CharField(max_length=10, choices=State)
    answered_by = models.CharField(
        max_length=8, blank=True, help_text="What a reply was made of, as models' answers say"
    )
    code = models.CharField(max_length=40, blank=True, help_text="Why a template stands in")
    level = models.CharField(max_length=2, blank=True, help_text="CEFR; empty: not known")
    level_share = models.FloatField(
        null=True, help_text="Of a reply's words, those at or below the learner's level"
    )
    reply_to = models.OneToOneField(
        "self", models.CASCADE, null=True, related_name="reply", help_text="What a reply answers"
    )
    writer = models.UUIDField(null=True, help_text="The delivery of the job that writes it now")
    place = models.PositiveSmallIntegerField(default=0, help_text="In the models' queue; 0: none")
    fact_ids = ArrayField(
        models.UUIDField(), default=list, help_text="What was remembered when it was written"
    )
    is_forgotten = models.BooleanField(
        default=False, help_text="Stands here for the learner, and in no prompt any more"
    )
    looked_at = models.DateTimeField(
        null=True, help_text="When a learner's message was graded and remembered"
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "public_id"], name="one_message_an_id"),
            models.UniqueConstraint(
                fields=["conversation", "position"], name="one_message_a_position"
            ),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(state__in=RUNNING),
                name="one_reply_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(role="learner", looked_at=None),
                name="messages_not_looked_at",
            ),
            models.Index(
                fields=["user", "-id"], condition=Q(role="learner"), name="learners_messages"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.text[:60]}"


class Event(models.Model):
    """One step of a conversation, numbered from 1 without gaps: clients go on after the last."""

    class Kind(models.TextChoices):
        """A message came, a reply got longer, a reply ended."""

        MESSAGE = "message"
        CHUNK = "chunk"
        END = "end"

    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="events", db_index=False
    )
    message = models.ForeignKey(Message, models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="one_event_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Fact(models.Model):
    """One thing the tutor remembers of a learner, over all conversations; theirs to change."""

    class Kind(models.TextChoices):
        """What it is about."""

        WEAK_WORD = "weak_word"
        MISTAKE = "mistake"
        LEVEL = "level"
        INTEREST = "interest"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.CharField(max_length=80, help_text="By which it is known again, lower case")
    text = models.CharField(max_length=200, help_text="As it is shown, and told to the model")
    count = models.PositiveIntegerField(default=1, help_text="How often it was met")
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, related_name="+", help_text="Where it was met last"
    )
    is_own = models.BooleanField(default=False, help_text="The learner wrote it: it stays so")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When it was met last")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "subject"], name="one_fact_a_subject")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


class ForgottenFact(models.Model):
    """A learner deleted this fact: nothing learns it again by itself. Only a hash of it is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    subject_sha256 = models.CharField(max_length=64, help_text="Of kind and subject")
    forgotten_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "subject_sha256"], name="forgotten_once")
        ]

    def __str__(self) -> str:
        return self.subject_sha256[:12]


class Analysis(models.Model):
    """A full look at what a learner has said, after every hundredth message."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    message_count = models.PositiveIntegerField(help_text="The learner's messages until then")
    report = models.JSONField(help_text="Levels by week, mistakes, words: numbers and facts only")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "message_count"], name="one_analysis_a_hundred")
        ]
        verbose_name_plural = "analyses"

    def __str__(self) -> str:
        return f"after {self.message_count} messages"


class Batch(models.Model):
    """Many questions at once, answered in the background, each by itself."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"{self.created_at:%F %H:%M}"


class BatchItem(models.Model):
    """One question of a batch, and its answer."""

    class State(models.TextChoices):
        """WAITING and WRITING, then for ever DONE."""

        WAITING = "waiting"
        WRITING = "writing"
        DONE = "done"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="From 1")
    text = models.TextField()
    answer = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    answered_by = models.CharField(max_length=8, blank=True)
    code = models.CharField(max_length=40, blank=True, help_text="Why a template stands in")
    touched_at = models.DateTimeField(help_text="When it was sent off, begun or ended")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="one_item_a_position")
        ]
        indexes = [
            models.Index(
                fields=["touched_at"],
                condition=Q(state__in=["waiting", "writing"]),
                name="items_not_done",
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.state}"

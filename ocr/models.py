"""A scan and what was read on it: Scan > Page > TextLine > Word."""

from dataclasses import fields

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from config.identifiers import new_public_id
from ocr.options import ReadingOptions

FIELDS = fields(ReadingOptions)


class Scan(models.Model):
    """One upload of a learner; its progress is that of its job."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="scans")
    job = models.OneToOneField("jobs.Job", models.PROTECT, related_name="+")
    file = models.FileField(max_length=200)
    file_name = models.CharField(max_length=200, blank=True, help_text="As the learner named it")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=60)
    byte_count = models.PositiveIntegerField()
    language = models.CharField(max_length=12, default="auto")
    confidence_threshold = models.FloatField(default=0.5)
    use_angle_cls = models.BooleanField(default=True, db_default=True)
    mode = models.CharField(max_length=12, default="text", db_default="text")
    rotate = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Degrees clockwise, before anything is read"
    )
    crop = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="left,top,right,bottom as parts of the page once it is turned; empty for all",
    )
    page_count = models.PositiveSmallIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"]),
            models.Index(fields=["sha256", "user"], name="scan_by_content"),
        ]

    def __str__(self) -> str:
        return self.file_name or str(self.public_id)

    @property
    def options(self) -> ReadingOptions:
        """Return how it is to be read."""
        return ReadingOptions(**{field.name: getattr(self, field.name) for field in FIELDS})


class Page(models.Model):
    """One page of a scan: read completely, or with the reason why it cannot be."""

    scan = models.ForeignKey(Scan, models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField(help_text="From 1")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    full_text = models.TextField(
        blank=True, help_text="The lines in reading order, paragraphs apart"
    )
    engine_version = models.CharField(max_length=100)
    read_ms = models.PositiveIntegerField(help_text="Time the model server took")
    quarter_turns = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How far the page was turned clockwise to be read"
    )
    error_code = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="Empty when it was read"
    )
    error_detail = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scan", "number"], name="one_page_a_number")]

    def __str__(self) -> str:
        return f"{self.scan_id}/{self.number}"


class TextLine(models.Model):
    """One recognised line of text."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(help_text="In reading order, from 0")
    text = models.TextField()
    confidence = models.FloatField(help_text="0-1")
    problem = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="Why not all of the line could be read",
    )
    polygon = models.JSONField(
        help_text="[[x, y], ...] in pixels of the upright, cut page, clockwise from top left"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "position"], name="one_line_a_position")
        ]

    def __str__(self) -> str:
        return self.text


class Word(models.Model):
    """A word of a page by its lemma, with the first sentence it stands in."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    page = models.ForeignKey(Page, models.CASCADE, related_name="words")
    line = models.ForeignKey(TextLine, models.CASCADE, related_name="words")
    lemma = models.CharField(max_length=100)
    forms = ArrayField(
        models.CharField(max_length=100), help_text="As printed, in order of appearance"
    )
    occurrence_count = models.PositiveIntegerField(default=1)
    level = models.CharField(max_length=2, blank=True, help_text="CEFR, A1-C2; empty when unknown")
    frequency = models.FloatField(help_text="Zipf scale: log10 of occurrences in a billion words")
    sentence = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "lemma"], name="one_word_a_lemma")]

    def __str__(self) -> str:
        return self.lemma

"""What is kept of imports and exports: files and how far they are, note types, media."""

from django.conf import settings
from django.db import models

from config.identifiers import new_public_id


class Import(models.Model):
    """One file that a learner has sent to be imported; its progress is that of its job."""

    class Kind(models.TextChoices):
        ANKI = "anki"
        TABLE = "table"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    job = models.OneToOneField("jobs.Job", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    file = models.FileField(max_length=200, help_text="Empty once it is imported")
    file_name = models.CharField(max_length=200, blank=True, help_text="As the learner named it")
    byte_count = models.PositiveBigIntegerField()
    is_dry_run = models.BooleanField(help_text="It tells what would change, and changes nothing")
    options = models.JSONField(default=dict, help_text="How to read it")
    cursor = models.JSONField(default=dict, help_text="How far it is: what is before is stored")
    report = models.JSONField(default=dict, help_text="What was new, updated or refused, and why")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return self.file_name or str(self.public_id)


class Export(models.Model):
    """One package that a job writes; its progress is that of its job."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    job = models.OneToOneField("jobs.Job", models.PROTECT, related_name="+")
    selection = models.JSONField(default=dict, help_text="Which cards: a category's, some, or all")
    file = models.FileField(max_length=200, blank=True, help_text="Empty before, and after a week")
    byte_count = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="export_newest")]

    def __str__(self) -> str:
        return str(self.public_id)


class AnkiNotetype(models.Model):
    """A note type as it came, so that its notes can go back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32, help_text="By what its contents' sources name it")
    definition = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="one_notetype_a_digest")
        ]

    def __str__(self) -> str:
        return self.digest


class Medium(models.Model):
    """A picture or sound that contents name; the file may be that of others too."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=255, help_text="As the contents call it")
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64, help_text="Of the file as it is kept")
    source_sha256 = models.CharField(max_length=64, help_text="Of the file as it came")
    media_type = models.CharField(max_length=60)
    byte_count = models.PositiveIntegerField()
    seen_in = models.ForeignKey(Import, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "media"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name", "source_sha256"], name="one_medium_a_name_and_content"
            )
        ]
        indexes = [models.Index(fields=["sha256"], name="medium_by_content")]

    def __str__(self) -> str:
        return self.name

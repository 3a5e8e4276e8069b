"""Alice, whose every text bears a mark, and those who are not Alice."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F, ForeignKey, Model
from django.test import Client
from django.utils import timezone

from accounts.models import DataArchive, Invitation, LearnerGroup, Membership, User
from accounts.queries.learners import learner_of
from accounts.roles import Role
from chat.commands.batches import begin_batch
from chat.commands.conversations import begin_conversation
from chat.commands.facts import write_fact
from chat.commands.messages import Said, say
from chat.models import Analysis, Message
from config.api import keys
from config.jobs.models import Job
from config.speech import storage as sounds
from config.speech.commands import Wanted, order_speech
from exams.commands.attempts import GivenAnswer, answer_question, start_attempt
from exams.commands.exams import ExamWish, make_exam
from exams.commands.level_tests import start_level_test
from exams.commands.listening import order_sounds
from exams.models import Exam, ExamShare
from exams.validation import Kind
from ocr import storage
from ocr.models import TextLine, Word
from review import media_files
from review.group_models import GroupCategory
from review.import_models import Export, Import, Medium
from review.models import Category
from tests import make
from tests.client import ApiClient
from tests.ocr import images
from tests.ocr.scans import read_scan
from tests.review.cards import card, review

_WISH = ExamWish(size=1, minutes=10, kinds=[Kind.TYPING], choice="all")
ACTORS = ("anonymous", "other", "owner", "teacher", "staff")


@dataclass
class World:
    """The owner with one row of everything, and the ids by which it is asked for."""

    mark: str = field(default_factory=lambda: f"mark{uuid4().hex[:10]}")
    ids: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.owner = make.user(f"{self.mark}@example.com", name=self.mark)
        self.owner.set_password("alice's own secret")
        self.owner.save()
        EmailAddress.objects.create(user=self.owner, email=self.owner.email, primary=True)
        self.users: dict[str, User | None] = {"anonymous": None, "owner": self.owner}
        for name, role in (
            ("other", Role.LEARNER),
            ("teacher", Role.TEACHER),
            ("staff", Role.SUPPORT),
        ):
            address = f"{name}-{uuid4().hex[:8]}@example.com"
            self.users[name] = make.user(address, role=role.value, is_staff=role.is_staff)
        self._fill()
        self._clients = {actor: self._signed_in(actor) for actor in ACTORS}

    def _fill(self) -> None:
        learner, now = learner_of(self.owner), timezone.now()
        ago = now - timedelta(days=1)
        content = card(learner, self.mark, ago, back=f"{self.mark} back", tags=[self.mark])
        Category.objects.filter(pk=content.category_id).update(name=self.mark)
        empty = make.category(self.owner, f"{self.mark} empty")
        scan = read_scan(self.owner, {self.mark: "C1"})
        scan.sha256 = storage.sha256_of(images.png())
        scan.file = storage.original_name(scan.sha256, "png")
        scan.save()
        storage.keep(images.png(), str(scan.file))
        Job.objects.filter(pk=scan.job_id).update(state=Job.State.FAILED)
        imported, medium = self._brought_along()
        key, _ = keys.create_key(
            user_id=self.owner.pk, name=self.mark, scopes=["me:read"], expires_at=None, now=now
        )
        ApiClient(self.owner)
        device = self.owner.devices.get()
        level_test = start_level_test(learner=learner, now=now)
        exam = make_exam(learner=learner, wish=_WISH, now=now)
        question = exam.questions.get()
        question.heard = self.mark
        question.save()
        attempt = start_attempt(learner=learner, exam_id=exam.public_id, now=now)
        given = GivenAnswer(uuid4(), question.public_id, text="zebra")
        answer_question(learner=learner, attempt_id=attempt.public_id, given=given, now=now)
        order_sounds([question], now=now)
        self.ids = {
            "speech_id": self._spoken(),
            **self._said(),
            "archive_id": self._archived(),
            "export_id": self._taken_along(),
            **self._taught(empty, exam),
            "category_id": empty.public_id,
            "content_id": content.public_id,
            "review_id": review(learner, content, at=ago).public_id,
            "scan_id": scan.public_id,
            "level_test_id": level_test.public_id,
            "question_id": level_test.question_id,
            "exam_id": exam.public_id,
            "exam_question_id": question.public_id,
            "attempt_id": attempt.public_id,
            "answer_id": given.public_id,
            "job_id": scan.job.public_id,
            "key_id": key.public_id,
            "device_id": device.public_id,
            "number": 1,
            "name": "hardest",
            "other_content_id": card(learner, f"{self.mark} twice", ago).public_id,
            "import_id": imported.public_id,
            "medium_id": medium.public_id,
            "full_category_id": content.category.public_id,
            "word_id": Word.objects.get(page__scan=scan).public_id,
        }

    def _taught(self, category: Category, exam: Exam) -> dict[str, UUID]:
        """Let the owner teach a group, be in it, and be invited to another's."""
        group = LearnerGroup.objects.create(teacher=self.owner, name=self.mark)
        member = Membership.objects.create(user=self.owner, group=group)
        GroupCategory.objects.create(group=group, category=category)
        ExamShare.objects.create(group=group, exam=exam, shared_at=timezone.now())
        EmailAddress.objects.filter(user=self.owner).update(verified=True)
        other = LearnerGroup.objects.create(teacher=make.user(f"t-{uuid4()}@example.com"))
        invitation = Invitation.objects.create(group=other, email=self.owner.email)
        return {
            "group_id": group.public_id,
            "member_id": member.public_id,
            "invitation_id": invitation.public_id,
        }

    def _spoken(self) -> UUID:
        """Let a text be read aloud, and what an exam asks."""
        wanted, spoken = Wanted(self.mark), Job.objects.filter(task="config.speech.tasks.speak")
        speech = order_speech(user_id=self.owner.pk, wanted=wanted, now=timezone.now())
        spoken.filter(user=self.owner).update(state=Job.State.SUCCEEDED)
        sounds.keep(self.mark.encode(), sounds.name_of(speech.sha256))
        return speech.public_id

    def _said(self) -> dict[str, UUID]:
        """Say something to the tutor."""
        learner, now = learner_of(self.owner), timezone.now()
        conversation = begin_conversation(learner=learner, title=self.mark, now=now)
        said, talk = Said(uuid4(), self.mark), conversation.public_id
        reply, _ = say(learner=learner, conversation_id=talk, said=said, now=now)
        jobs = Job.objects.filter(user=self.owner, task__startswith="chat.")
        jobs.update(state=Job.State.SUCCEEDED)
        fact = write_fact(learner=learner, kind="interest", text=self.mark, now=now)
        batch = begin_batch(learner=learner, texts=[self.mark], now=now)
        analysis = Analysis.objects.create(
            user=self.owner, message_count=100, report={"weeks": []}, created_at=now
        )
        return {
            "conversation_id": talk,
            "message_id": _corrected(reply).public_id,
            "fact_id": fact.public_id,
            "batch_id": batch.public_id,
            "analysis_id": analysis.public_id,
        }

    def _archived(self) -> UUID:
        """Store an archive of everything."""
        ended = Job.objects.create(task="none", user=self.owner, state=Job.State.SUCCEEDED)
        name = default_storage.save(f"archives/{uuid4()}.zip", ContentFile(self.mark.encode()))
        row = DataArchive.objects.create(user=self.owner, job=ended, kind="export", file=name)
        return row.public_id

    def _taken_along(self) -> UUID:
        """Store an Anki package that was written."""
        ended = Job.objects.create(task="none", user=self.owner, state=Job.State.SUCCEEDED)
        name = default_storage.save(f"exports/{uuid4()}.apkg", ContentFile(self.mark.encode()))
        return Export.objects.create(user=self.owner, job=ended, file=name).public_id

    def _brought_along(self) -> tuple[Import, Medium]:
        """Store a dry run that has ended, and a picture."""
        ended = Job.objects.create(task="none", user=self.owner, state=Job.State.SUCCEEDED)
        imported = Import.objects.create(
            user=self.owner, job=ended, kind="anki", file="imports/none.apkg",
            file_name=self.mark, byte_count=1, is_dry_run=True,
        )  # fmt: skip
        file = media_files.checked(images.png())
        media_files.keep(file)
        medium = Medium.objects.create(
            user=self.owner, name=self.mark, file=file.name, sha256=file.sha256,
            source_sha256=file.sha256, media_type=file.media_type, byte_count=len(file.data),
        )  # fmt: skip
        return imported, medium

    def client(self, actor: str) -> Client:
        """Return a fresh copy of an actor's client: access token and, where let in, session."""
        first = self._clients[actor]
        client = Client(raise_request_exception=False)
        client.defaults.update(first.defaults)
        client.cookies = SimpleCookie({name: each.value for name, each in first.cookies.items()})
        return client

    def _signed_in(self, actor: str) -> Client:
        user = self.users[actor]
        if user is None:
            return Client()
        client = ApiClient(user)._client
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return client

    def state(self, only: Collection[str] | None = None) -> dict[str, str]:
        """Return all that is stored of the owner, by model; or of some models ``only``."""
        return {
            model._meta.label: str(_rows(model, self.owner))
            for model in _owned()
            if only is None or model._meta.label in only
        }

    def mixed(self) -> list[str]:
        """Return the references from one learner's row to another's."""
        found = []
        for model in _owned():
            for relation in model._meta.concrete_fields:
                target = relation.related_model
                if isinstance(relation, ForeignKey) and target in _owned() and target is not User:
                    rows = model._default_manager.exclude(user=F(f"{relation.name}__user"))
                    if rows.filter(**{f"{relation.name}__user__isnull": False}).exists():
                        found.append(f"{model._meta.label}.{relation.name}")
        return found


def _corrected(reply: Message) -> Message:
    change = {"was": "go", "now": "went", "kind": "verb"}
    correction = {"corrected": "I went.", "is_right": False, "changes": [change]}
    Message.objects.filter(pk=reply.pk).update(extras={"correction": correction})
    return reply


@cache
def _owned() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models()
        if model is User
        or any(f.name == "user" and f.related_model is User for f in model._meta.concrete_fields)
        or model is TextLine
    ]


def _rows(model: type[Model], owner: User) -> list[dict[str, Any]]:
    path = {User: "pk", TextLine: "page__scan__user_id"}.get(model, "user_id")
    names = [f.attname for f in model._meta.concrete_fields if f.attname != "last_login"]
    return list(model._default_manager.filter(**{path: owner.pk}).order_by("pk").values(*names))

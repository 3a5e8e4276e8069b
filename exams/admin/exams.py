"""Exams in the admin: as the learner sees them, withdrawn questions, appeals."""

from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.operations.admin_tables import ReadOnlyTable
from exams.commands.reporting import decide_appeal, restore_question, withdraw_question
from exams.models import Answer, Appeal, Attempt, Exam, ExamPlan, ExamShare, Grading, Question
from exams.queries.attempts import ShownQuestion, shown_question
from exams.validation import Kind


@admin.register(Exam)
class ExamAdmin(ReadOnlyTable[Exam]):
    """Exams; the page of one shows it as its learner sees it."""

    list_display = ("user", "choice", "size", "minutes", "week_on", "with_model", "created_at")
    list_select_related = ("user",)
    list_filter = ("choice", "with_model", "created_at")
    search_fields = ("=user__email", "=public_id")
    readonly_fields = ("preview",)

    @admin.display(description="As the learner sees it")
    def preview(self, exam: Exam) -> SafeString:
        """Return the questions, without their keys."""
        rows = Question.objects.filter(exam=exam).order_by("position")
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", _previews(rows)))


def _previews(rows: QuerySet[Question]) -> list[tuple[SafeString]]:
    return [(_preview(shown_question(row), is_withdrawn=bool(row.withdrawn_at)),) for row in rows]


def _preview(question: ShownQuestion, *, is_withdrawn: bool) -> SafeString:
    options = format_html_join(
        "", "<li>{}. {}</li>", ((each["key"], each["text"]) for each in question["options"])
    )
    prompts = format_html_join("", "<li>{}</li>", ((each,) for each in question["prompts"]))
    return format_html(
        "<p><em>{}{}</em> {} {}</p><ul>{}</ul><ul>{}</ul>",
        question["kind"],
        f"{', a sound' if question['kind'] == Kind.LISTENING else ''}"
        f"{' (withdrawn)' if is_withdrawn else ''}",
        question["stem"],
        f"[{question['hint']}]" if question["hint"] else "",
        prompts,
        options,
    )


@admin.register(ExamShare)
class ExamShareAdmin(ReadOnlyTable[ExamShare]):
    """Exams that teachers have shared."""

    list_display = ("exam", "group", "shared_at")
    list_select_related = ("exam", "group")
    list_filter = ("shared_at",)
    search_fields = ("=exam__public_id", "group__name")


@admin.register(ExamPlan)
class ExamPlanAdmin(ReadOnlyTable[ExamPlan]):
    """Who wants an exam a week."""

    list_display = ("user", "choice", "size", "minutes", "with_model")
    list_filter = ("choice", "with_model")
    list_select_related = ("user",)
    search_fields = ("=user__email",)


@admin.register(Question)
class QuestionAdmin(ReadOnlyTable[Question]):
    """Questions with where they come from; withdrawn ones can be given back."""

    list_display = ("kind", "stem", "source", "model", "level", "report", "withdrawn_at")
    list_filter = (
        ("withdrawn_at", admin.EmptyFieldListFilter),
        "kind",
        "source",
        "level",
    )
    search_fields = ("stem", "=user__email", "=public_id")
    actions = (*ReadOnlyTable.actions, "restore", "withdraw")

    @admin.action(description="Withdraw: the question counts no more", permissions=["decide"])
    def withdraw(self, request: HttpRequest, questions: QuerySet[Question]) -> None:
        """Withdraw questions; scores follow."""
        count = sum(withdraw_question(key=each.pk, now=timezone.now()) for each in questions)
        self.message_user(request, f"{count} withdrawn", messages.SUCCESS)

    @admin.action(description="Give back: the question counts again", permissions=["decide"])
    def restore(self, request: HttpRequest, questions: QuerySet[Question]) -> None:
        """Give withdrawn questions back; scores follow."""
        count = sum(restore_question(key=each.pk, now=timezone.now()) for each in questions)
        self.message_user(request, f"{count} given back", messages.SUCCESS)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever may change questions."""
        return request.user.has_perm("exams.change_question")


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyTable[Attempt]):
    """Attempts and what came of them."""

    list_display = (
        "user", "state", "started_at", "ended_at", "answer_count", "points", "question_count",
        "ungraded_count",
    )  # fmt: skip
    list_select_related = ("user",)
    list_filter = ("state", "started_at")
    search_fields = ("=user__email", "=public_id")


@admin.register(Answer)
class ExamAnswerAdmin(ReadOnlyTable[Answer]):
    """Answers, as they were given."""

    list_display = ("user", "attempt", "position", "question", "chosen", "text", "answered_at")
    list_select_related = ("user", "attempt", "question")
    list_filter = ("answered_at",)
    search_fields = ("=user__email", "=public_id")


@admin.register(Grading)
class GradingAdmin(ReadOnlyTable[Grading]):
    """Who said what of an answer."""

    list_display = (
        "user", "answer", "grader", "verdict", "points", "confidence", "is_uncertain", "model",
        "created_at",
    )  # fmt: skip
    list_select_related = ("user", "answer")
    list_filter = ("grader", "verdict", "is_uncertain", "created_at")
    search_fields = ("=user__email",)


@admin.register(Appeal)
class AppealAdmin(ReadOnlyTable[Appeal]):
    """Verdicts that learners do not agree with: a person decides."""

    list_display = ("user", "word", "given", "text", "state", "created_at", "decided_at")
    list_select_related = ("user", "answer__question")
    list_filter = ("state", "created_at")
    search_fields = ("=user__email", "=public_id")
    actions = (*ReadOnlyTable.actions, "accept", "reject")
    readonly_fields: ClassVar[tuple[str, ...]] = ("word", "given")

    @admin.display(description="About")
    def word(self, appeal: Appeal) -> str:
        """Return what was asked."""
        return ", ".join(appeal.answer.question.words)

    @admin.display(description="Answer")
    def given(self, appeal: Appeal) -> str:
        """Return what was answered."""
        answer = appeal.answer
        chosen = [answer.question.options[place] for place in answer.chosen]
        return answer.text or ", ".join(chosen)

    @admin.action(description="Accept: the answer is right", permissions=["decide"])
    def accept(self, request: HttpRequest, appeals: QuerySet[Appeal]) -> None:
        """Decide for the learner."""
        self._decide(request, appeals, is_accepted=True)

    @admin.action(description="Reject: the verdict stays", permissions=["decide"])
    def reject(self, request: HttpRequest, appeals: QuerySet[Appeal]) -> None:
        """Decide for the verdict."""
        self._decide(request, appeals, is_accepted=False)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever may change appeals."""
        return request.user.has_perm("exams.change_appeal")

    def _decide(
        self, request: HttpRequest, appeals: QuerySet[Appeal], *, is_accepted: bool
    ) -> None:
        now = timezone.now()
        count = sum(
            decide_appeal(key=each.pk, is_accepted=is_accepted, now=now) for each in appeals
        )
        self.message_user(request, f"{count} decided", messages.SUCCESS)

"""Cards, schedules and facts in the admin: to look at."""

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from import_export.admin import ImportExportMixin
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from accounts.queries.learners import learner_of
from config.operations.admin_tables import ReadOnlyTable
from config.operations.audit_table import AuditTable
from review.group_models import GroupCategory
from review.import_models import AnkiNotetype, Export, Import, Medium
from review.models import (
    Category,
    Content,
    LearnerClock,
    ReviewAdjustment,
    ReviewHistory,
    ReviewSchedule,
    SchedulingParameters,
)
from review.plan_models import Optimisation, Plan
from review.queries.charts import CHARTS, Wanted, chart
from review.queries.pictures import FORMATS, THEMES, picture
from review.read_models import ReadModelWatermark
from review.spreadsheets import ContentSpreadsheet
from review.tasks import rebuild


@admin.register(Category)
class CategoryAdmin(ReadOnlyTable[Category]):
    """Learners' folders."""

    list_display = ("name", "user", "parent", "created_at")
    list_select_related = ("user", "parent")
    list_filter = ("created_at",)
    search_fields = ("name", "=user__email", "=public_id")


@admin.register(Content)
class ContentAdmin(ImportExportMixin, ReadOnlyTable[Content]):  # type: ignore[misc]
    """Cards and drafts; spreadsheets of them go out, and in for learners who send one."""

    resource_classes = (ContentSpreadsheet,)
    import_form_class = ImportForm
    export_form_class = ExportForm

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Only who may add accounts adds to them."""
        return bool(request.user.has_perm("accounts.add_user"))

    list_display = ("front", "gloss", "category", "user", "archived_at", "created_at")
    list_select_related = ("category", "user")
    list_filter = ("created_at", "archived_at")
    search_fields = ("front", "=user__email", "=public_id")


@admin.register(ReviewSchedule)
class ReviewScheduleAdmin(ReadOnlyTable[ReviewSchedule]):
    """When each card is due."""

    list_display = ("content", "user", "stage", "due_at", "stability", "reps", "lapses")
    list_select_related = ("content", "user")
    list_filter = ("stage", "due_at")
    search_fields = ("content__front", "=user__email")


@admin.register(ReviewHistory)
class ReviewHistoryAdmin(ReadOnlyTable[ReviewHistory]):
    """Facts."""

    list_display = ("content", "user", "kind", "rating", "reviewed_at", "taken_ms", "due_at")
    list_select_related = ("content", "user")
    list_filter = ("kind", "rating", "recorded_at")
    search_fields = ("=user__email", "=public_id")


@admin.register(ReviewAdjustment)
class ReviewAdjustmentAdmin(ReadOnlyTable[ReviewAdjustment]):
    """Facts about past facts."""

    list_display = ("content", "category", "user", "local_day", "review_count", "recorded_at")
    list_select_related = ("content", "category", "user")
    list_filter = ("recorded_at",)
    search_fields = ("=user__email",)


@admin.register(LearnerClock)
class LearnerClockAdmin(ReadOnlyTable[LearnerClock]):
    """How often a learner's facts have changed, and charts of the learner's cards."""

    list_display = ("user", "facts_seq", "parameters", "charts")
    list_select_related = ("user", "parameters")
    search_fields = ("=user__email",)

    @admin.display(description="Charts")
    def charts(self, row: LearnerClock) -> str:
        """Lead to the charts."""
        return format_html('<a href="{}/charts/">charts</a>', row.pk)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of charts, and its pictures."""
        view = self.admin_site.admin_view
        own = [
            path("<int:user_id>/charts/", view(self._charts), name="learner-charts"),
            path("<int:user_id>/charts/<slug:name>.svg", view(self._chart), name="learner-chart"),
        ]
        return [*own, *super().get_urls()]

    def _charts(self, request: HttpRequest, user_id: int) -> HttpResponse:
        row = self._row(request, user_id)
        context = {**self.admin_site.each_context(request), "names": list(CHARTS)}
        context |= {"title": f"Charts of {row.user}", "opts": self.model._meta}  # noqa: SLF001
        return TemplateResponse(request, "admin/review/learnerclock/charts.html", context)

    def _chart(self, request: HttpRequest, user_id: int, name: str) -> HttpResponse:
        wanted = Wanted(learner_of(self._row(request, user_id).user), timezone.now())
        if name not in CHARTS:
            raise Http404
        theme = request.GET.get("theme", "")
        looks = {"form": "svg", "theme": theme if theme in THEMES else "light"}
        return HttpResponse(picture(name, chart(name, wanted), **looks), FORMATS["svg"])

    def _row(self, request: HttpRequest, user_id: int) -> LearnerClock:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(LearnerClock.objects.select_related("user"), pk=user_id)


@admin.register(SchedulingParameters)
class SchedulingParametersAdmin(ReadOnlyTable[SchedulingParameters]):
    """Immutable sets of parameters."""

    list_display = ("id", "user", "desired_retention", "maximum_interval_days", "created_at")
    list_select_related = ("user",)
    search_fields = ("=user__email",)


@admin.register(ReadModelWatermark)
class ReadModelWatermarkAdmin(ReadOnlyTable[ReadModelWatermark]):
    """How far the rollups have counted."""

    list_display = ("__str__", "folded_at", "history_base_id", "adjustment_base_id")
    actions = (*ReadOnlyTable.actions, "rebuild")

    @admin.action(description="Rebuild every read model from the facts", permissions=["rebuild"])
    def rebuild(self, request: HttpRequest, _: QuerySet[ReadModelWatermark]) -> None:
        """Have a worker do it; answers wait meanwhile, readers do not."""
        rebuild.delay()
        self.message_user(request, "The read models are being rebuilt", messages.SUCCESS)

    def has_rebuild_permission(self, request: HttpRequest) -> bool:
        """Admins."""
        return bool(request.user.has_perm("review.change_readmodelwatermark"))


@admin.register(Plan)
class PlanAdmin(ReadOnlyTable[Plan]):
    """How learners want their days."""

    list_display = ("user", "category", "reviews_a_day", "new_a_day", "exam_on", "planned_at")
    list_select_related = ("user", "category")
    search_fields = ("=user__email",)


@admin.register(Optimisation)
class OptimisationAdmin(ReadOnlyTable[Optimisation]):
    """How well learners' answers are foreseen: before and after."""

    list_display = (
        "user", "is_kept", "log_loss_before", "log_loss_after", "log_loss_default",
        "held_out_count", "recommended_retention", "seconds", "created_at",
    )  # fmt: skip
    list_select_related = ("user",)
    list_filter = ("is_kept", "created_at")
    search_fields = ("=user__email",)


@admin.register(GroupCategory)
class GroupCategoryAdmin(ReadOnlyTable[GroupCategory]):
    """Categories that teachers have assigned."""

    list_display = ("category", "group", "assigned_at")
    list_select_related = ("category", "group")
    list_filter = ("assigned_at",)
    search_fields = ("category__name", "group__name")


@admin.register(Import)
class ImportAdmin(ReadOnlyTable[Import]):
    """Files that learners brought along."""

    list_display = ("file_name", "user", "kind", "is_dry_run", "byte_count", "created_at")
    list_select_related = ("user",)
    list_filter = ("kind", "created_at")
    search_fields = ("=user__email", "=public_id")


@admin.register(Export)
class ExportAdmin(ReadOnlyTable[Export]):
    """Packages that learners take along."""

    list_display = ("public_id", "user", "byte_count", "created_at")
    list_select_related = ("user",)
    list_filter = ("created_at",)
    search_fields = ("=user__email", "=public_id")


@admin.register(Medium)
class MediumAdmin(ReadOnlyTable[Medium]):
    """Pictures and sounds."""

    list_display = ("name", "user", "media_type", "byte_count", "created_at")
    list_select_related = ("user",)
    list_filter = ("media_type",)
    search_fields = ("=user__email", "=public_id", "name")


@admin.register(AnkiNotetype)
class AnkiNotetypeAdmin(ReadOnlyTable[AnkiNotetype]):
    """Note types, kept for the way back."""

    list_display = ("digest", "user")
    list_select_related = ("user",)
    search_fields = ("=user__email", "=digest")


for changes in ("CategoryChange", "ContentChange", "SchedulingParametersChange"):
    admin.site.register(apps.get_model("review", changes), AuditTable)

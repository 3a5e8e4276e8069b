"""What staff change is kept: who, when, what; by triggers, in the transaction of the change itself.

Only requests to the admin set the context the triggers ask for, so a learner's own edits cost a
comparison and leave nothing here.
"""

from collections.abc import Callable
from typing import TypeVar

import pghistory
import pgtrigger
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

_BY_STAFF = "current_setting('pghistory.context_id', true) <> ''"
_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
Audited = TypeVar("Audited", bound=type[Model])


class _ByStaff(pgtrigger.Condition):
    """Something was changed from the admin."""

    def __init__(self, *, fields: tuple[str, ...] = ()) -> None:
        super().__init__(_BY_STAFF)
        self.fields = fields

    def resolve(self, model: type[Model]) -> str:
        """Return the trigger's WHEN."""
        if not self.fields:
            return _BY_STAFF
        return f"{_BY_STAFF} AND ({pgtrigger.AnyChange(*self.fields).resolve(model)})"


def audited(*fields: str) -> Callable[[Audited], Audited]:
    """Keep what staff do to a model's rows, in a model beside it called ``<Model>Change``."""

    def track(model: Audited) -> Audited:
        tracked: Audited = pghistory.track(
            pghistory.InsertEvent("added", condition=_ByStaff()),
            pghistory.UpdateEvent("changed", condition=_ByStaff(fields=fields)),
            pghistory.DeleteEvent("deleted", condition=_ByStaff()),
            fields=list(fields),
            model_name=f"{model.__name__}Change",
            obj_field=pghistory.ObjForeignKey(related_name="+"),
            context_field=pghistory.ContextJSONField(),
            append_only=True,
        )(model)
        return tracked

    return track


class AuditStaff:
    """Tells the triggers who is at work in the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, in the context of its user where it may change something."""
        if request.method in _SAFE or not request.path_info.startswith("/admin/"):
            return self.get_response(request)
        who = getattr(request.user, "email", "")
        with pghistory.context(user=request.user.pk, email=who, address=request.path):
            return self.get_response(request)

"""Tables over HTTP: look at one, import it, take one along."""

from collections.abc import Iterator
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import StreamingHttpResponse
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent
from config.api.rendering import dump
from review import tables
from review.api.contents import ContentSerializer, shown
from review.commands.import_table import import_table
from review.queries.table_export import exported_contents, table_rows

PREVIEWED = 20
KINDS = {
    "csv": (",", "text/csv; charset=utf-8"),
    "tsv": ("\t", "text/tab-separated-values; charset=utf-8"),
    "jsonl": ("", "application/x-ndjson"),
}
_CHUNK = 1000
_FLUSH = 64 * 1024


class TableSerializer(serializers.Serializer[Any]):
    """CSV, TSV, Anki's or Quizlet's text, or lines of JSON: 10,000 rows and 10 MB at most."""

    file = serializers.FileField(allow_empty_file=True)
    encoding = serializers.CharField(max_length=40, allow_blank=True, default="")
    separator = serializers.ChoiceField(
        sorted(tables.SEPARATORS), required=False, allow_null=True, help_text="If not found out"
    )


class MappedTableSerializer(TableSerializer):
    """A table, and which column (from 0) is what."""

    category = serializers.UUIDField(help_text="For rows that name none")
    mapping = serializers.JSONField(
        required=False, help_text='Such as {"front": 0, "back": 2}; without one as previewed'
    )
    dry_run = serializers.BooleanField(default=False)


class PreviewSerializer(serializers.Serializer[Any]):
    """A table as it was made out."""

    encoding = serializers.CharField()
    separator = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    mapping = serializers.DictField(child=serializers.IntegerField())
    is_html = serializers.BooleanField()
    row_count = serializers.IntegerField()
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class RowProblemSerializer(serializers.Serializer[Any]):
    """A row that was not stored, and why."""

    line = serializers.IntegerField()
    field = serializers.CharField()
    reason = serializers.CharField()


class TableReportSerializer(serializers.Serializer[Any]):
    """What became of the rows."""

    new = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    problems = RowProblemSerializer(many=True)


class TableQuerySerializer(serializers.Serializer[Any]):
    """What to take along, and how."""

    kind = serializers.ChoiceField(sorted(KINDS), default="csv")
    category = serializers.UUIDField(required=False)


class TablePreview(APIView):
    """A table before it is imported."""

    parser_classes = (MultiPartParser,)
    cost = 5

    @extend_schema(
        operation_id="imports_table_preview",
        request={"multipart/form-data": TableSerializer},
        responses=PreviewSerializer,
        tags=["imports"],
    )
    def post(self, request: Request) -> Response:
        """Tell how the file is read: encoding, separator, columns, its first rows."""
        body = TableSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        table = _table(body.validated_data)
        return Response(
            {
                "encoding": table.encoding,
                "separator": table.separator,
                "columns": table.columns,
                "mapping": {k: v for k, v in table.mapping.items() if k in tables.FIELDS},
                "is_html": table.is_html,
                "row_count": len(table.rows),
                "rows": [list(row.cells) for row in table.rows[:PREVIEWED]],
            }
        )


class TableImport(APIView):
    """A table to be imported."""

    parser_classes = (MultiPartParser,)
    cost = 20

    @extend_schema(
        operation_id="imports_table",
        request={"multipart/form-data": MappedTableSerializer},
        responses=TableReportSerializer,
        tags=["imports"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Store each good row as a card, and tell what is wrong with the others."""
        body = MappedTableSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        table = _table(data)
        report = import_table(
            learner=learner_of(request.user),
            table=table,
            mapping=_mapping(data.get("mapping")) or table.mapping,
            category_id=data["category"],
            now=timezone.now(),
            is_dry_run=data["dry_run"],
        )
        names = ("new", "unchanged", "refused", "problems")
        return Response({name: getattr(report, name) for name in names})


class TableExport(APIView):
    """A table to take along."""

    cost = 20

    @extend_schema(
        operation_id="exports_table",
        parameters=[TableQuerySerializer],
        responses={
            (200, "application/x-ndjson"): ContentSerializer(many=True),
            (200, "text/csv"): OpenApiTypes.BINARY,
            (200, "text/tab-separated-values"): OpenApiTypes.BINARY,
        },
        tags=["imports"],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Return your contents as CSV, TSV, or lines of JSON as the API shows them."""
        query = TableQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        kind, category_id = query.validated_data["kind"], query.validated_data.get("category")
        separator, media_type = KINDS[kind]
        learner = learner_of(request.user)
        contents = exported_contents(learner, category_id)  # before the answer begins: or 404
        lines = (
            tables.written(table_rows(learner, contents), separator=separator)
            if separator
            else (dump(shown(row)).decode() + "\n" for row in contents.iterator(_CHUNK))
        )
        response = StreamingHttpResponse(_blocks(lines), content_type=media_type)
        response["Content-Disposition"] = f'attachment; filename="resee.{kind}"'
        return response


def _table(data: dict[str, Any]) -> tables.Table:
    file = cast("UploadedFile[bytes]", data["file"])
    if (file.size or 0) > tables.BYTES_MAX:
        raise tables.TableTooLarge("The file is larger than 10 MB.", field="file")
    separator = tables.SEPARATORS.get(data.get("separator") or "", "")
    return tables.read_table(file.read(), encoding=data["encoding"], separator=separator)


def _mapping(given: Any) -> dict[str, int]:
    if given is None:
        return {}
    is_one = isinstance(given, dict) and all(
        name in tables.FIELDS and type(index) is int and 0 <= index < tables.COLUMNS_MAX
        for name, index in given.items()
    )
    if not is_one:
        names = ", ".join(tables.FIELDS)
        raise serializers.ValidationError({"mapping": f"Columns from 0 by name: {names}."})
    return dict(given)


def _blocks(lines: Iterator[str]) -> Iterator[bytes]:
    block = bytearray()
    for line in lines:
        block += line.encode()
        if len(block) > _FLUSH:
            yield bytes(block)
            block.clear()
    yield bytes(block)


urlpatterns = [
    path("imports/table/", TableImport.as_view(), name="imports-table"),
    path("imports/table/preview/", TablePreview.as_view(), name="imports-table-preview"),
    path("exports/table/", TableExport.as_view(), name="exports-table"),
]

"""What every way to send a page shares: the form, the limits, the answer."""

from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.jobs.models import Job
from ocr import pages
from ocr.commands import scans as commands
from ocr.languages import DEFAULT_CONFIDENCE_THRESHOLD, LANGUAGES
from ocr.models import Scan
from ocr.options import MODES, ROTATIONS, ReadingOptions, normal_crop

_ENVELOPE_BYTES = 100_000  # what a form may add to the file it carries


class UploadSerializer(serializers.Serializer[Any]):
    """JPEG, PNG, WebP or TIFF of 40 million pixels, or PDF; 50 pages and 20 MB at most."""

    file = serializers.FileField(allow_empty_file=True)
    language = serializers.ChoiceField(choices=LANGUAGES, default="auto")
    confidence_threshold = serializers.FloatField(
        min_value=0, max_value=1, default=DEFAULT_CONFIDENCE_THRESHOLD
    )
    use_angle_cls = serializers.BooleanField(
        default=True, help_text="Turn a page by quarters until its text stands upright"
    )
    mode = serializers.ChoiceField(
        choices=MODES, default="text", help_text="highlight: only what a marker pen marked"
    )
    rotate = serializers.ChoiceField(choices=ROTATIONS, default=0, help_text="Degrees clockwise")
    crop = serializers.CharField(
        allow_blank=True,
        default="",
        max_length=100,
        help_text="left,top,right,bottom from 0 to 1, of the turned page: 0,0.5,1,1 is its lower "
        "half. All of it when empty",
    )


class LinksSerializer(serializers.Serializer[Any]):
    """Where to go on."""

    self = serializers.URLField()
    cards = serializers.URLField()
    events = serializers.URLField()


class AcceptedSerializer(serializers.Serializer[Any]):
    """An upload that was accepted: ask ``links.self`` how far it is, or listen at ``events``."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    links = LinksSerializer()


class UploadView(APIView):
    """A view that takes a page."""

    parser_classes = (MultiPartParser,)

    @property
    def cost(self) -> int:
        """A page to be read costs as much as ten lists."""
        return 10 if self.request.method == "POST" else 1

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before the body is read."""
        super().initial(request, *args, **kwargs)
        if int(request.headers.get("Content-Length") or 0) > pages.BYTES_MAX + _ENVELOPE_BYTES:
            raise pages.too_large()

    def accept(self, request: Request) -> Scan:
        """Store the upload; the classes of ``ocr.pages`` say why not."""
        body = UploadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        fields = dict(body.validated_data)
        file = cast("UploadedFile[bytes]", fields.pop("file"))
        if (file.size or 0) > pages.BYTES_MAX:
            raise pages.too_large()
        return commands.accept_scan(
            learner=learner_of(request.user),
            data=file.read(),
            file_name=file.name or "",
            options=ReadingOptions(**fields | {"crop": normal_crop(fields["crop"])}),
        )


def accepted(request: Request, scan: Scan) -> Response:
    """Return 202 with the scan's addresses."""
    names = {"self": "scan", "cards": "scan-cards", "events": "scan-events"}
    links = {
        key: reverse(name, args=[scan.public_id], request=request) for key, name in names.items()
    }
    return Response(
        {"id": scan.public_id, "state": scan.job.state, "links": links},
        status=status.HTTP_202_ACCEPTED,
        headers={"Location": links["self"]},
    )

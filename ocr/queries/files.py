"""Files of a learner's scans: nobody gets at them but through ``access``."""

from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from PIL import Image

from accounts.queries.learners import Learner
from config.errors import Invalid, NotFound
from ocr import page_images, renditions, storage
from ocr.access import scan_of
from ocr.models import Page, Scan


class FileGone(NotFound):
    """The original is not kept any more, or cannot be drawn."""

    code = "file_gone"


class PageNotFound(NotFound):
    """The scan has no such page, or it has not been read."""

    code = "page_not_found"


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand out."""

    data: bytes
    media_type: str
    name: str


def original(learner: Learner, scan_id: UUID) -> File:
    """Return the file as it was sent; ScanNotFound, FileGone."""
    scan = scan_of(learner, scan_id)
    try:
        return File(storage.load(str(scan.file)), scan.media_type, scan.file_name or "scan")
    except FileNotFoundError:
        raise _gone() from None


def thumbnail(learner: Learner, scan_id: UUID) -> File:
    """Return a small picture of the first page; ScanNotFound, FileGone."""
    scan = scan_of(learner, scan_id)
    try:
        return File(renditions.thumbnail(scan), renditions.MEDIA_TYPE, "thumbnail.webp")
    except (FileNotFoundError, Invalid):
        raise _gone() from None


def page_image(learner: Learner, scan_id: UUID, number: int) -> File:
    """Return the page as it was read, fit for a screen; ScanNotFound, PageNotFound, FileGone."""
    scan, page = _page(learner, scan_id, number)
    return File(_web_image(scan, page), renditions.MEDIA_TYPE, f"page-{number}.webp")


def overlay(learner: Learner, scan_id: UUID, number: int) -> File:
    """Return the page with the lines that were recognised drawn on it; raises as ``page_image``."""
    scan, page = _page(learner, scan_id, number)
    picture = Image.open(BytesIO(_web_image(scan, page)))
    scale = (picture.width / page.width, picture.height / page.height)
    lines = [
        (tuple((x * scale[0], y * scale[1]) for x, y in polygon), bool(problem))
        for polygon, problem in page.lines.order_by("position").values_list("polygon", "problem")
    ]
    drawn = page_images.overlaid(picture, lines)
    return File(page_images.encoded(drawn, "PNG"), "image/png", f"page-{number}-overlay.png")


def _page(learner: Learner, scan_id: UUID, number: int) -> tuple[Scan, Page]:
    scan = scan_of(learner, scan_id)
    page = scan.pages.filter(number=number, error_code="").first()
    if page is None:
        raise PageNotFound("This page does not exist, or it has not been read.")
    return scan, page


def _web_image(scan: Scan, page: Page) -> bytes:
    try:
        return renditions.web_image(scan, page)
    except (FileNotFoundError, Invalid):
        raise _gone() from None


def _gone() -> FileGone:
    return FileGone("The original is not kept any more.")

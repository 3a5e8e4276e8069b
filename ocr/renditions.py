"""Smaller pictures of a scan's pages, without EXIF: made once, kept beside the original.

What is lost is made again from the original as long as that is kept.
"""

from ocr import page_images, storage
from ocr.models import Page, Scan

THUMBNAIL_SIDE_MAX = 320  # pixels
WEB_SIDE_MAX = 1600
QUALITY = 80
MEDIA_TYPE = "image/webp"


def thumbnail(scan: Scan) -> bytes:
    """Return a small picture of the first page; FileNotFoundError, and as ``pages.decode``."""
    return _copy(scan, "thumbnail", 1, scan.options.quarter_turns, THUMBNAIL_SIDE_MAX)


def web_image(scan: Scan, page: Page) -> bytes:
    """Return the page as it was read, fit for a screen; raises as ``thumbnail``."""
    name = f"page-{page.number}"
    return _copy(scan, name, page.number, page.quarter_turns, WEB_SIDE_MAX)


def _copy(scan: Scan, name: str, number: int, quarter_turns: int, side_max: int) -> bytes:
    options = scan.options
    cut = f"-{options.rotate}-{options.crop.replace(',', '_')}" if options.crop else ""
    full_name = storage.copy_name(scan.sha256, f"{name}-{quarter_turns}{cut}.webp")
    try:
        return storage.load(full_name)
    except FileNotFoundError:
        original = storage.load(str(scan.file))
    picture = page_images.picture(original, number, options, quarter_turns=quarter_turns)
    copy = page_images.encoded(picture, "WEBP", side_max=side_max, quality=QUALITY)
    storage.keep(copy, full_name)
    return copy

"""Charts as pictures: drawn once for what they show, then kept."""

from hashlib import sha256
from typing import Any

from config.api.etags import etag
from config.cache import kept_or_made

FORMATS = {"svg": "image/svg+xml", "png": "image/png"}
THEMES = ("light", "dark")
KEPT_SECONDS = 24 * 3600
_DRAWING = 1  # of what is drawn: another number, and all is drawn anew


def tag(name: str, data: dict[str, Any], *, form: str, theme: str) -> str:
    """Return the ETag of a picture: that of its data and its looks."""
    return etag([name, data, form, theme, _DRAWING])


def picture(name: str, data: dict[str, Any], *, form: str, theme: str) -> bytes:
    """Return the picture; drawing takes a tenth of a second, and is done once."""
    from review import charts  # Matplotlib is loaded by who draws

    key = f"chart:{sha256(tag(name, data, form=form, theme=theme).encode()).hexdigest()}"
    return kept_or_made(key, KEPT_SECONDS, lambda: charts.draw(name, data, form=form, theme=theme))

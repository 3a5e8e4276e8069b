"""Answers that are no JSON, with errors that are."""

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JsonErrors(DefaultContentNegotiation):
    """Whatever is accepted: an <img> and an EventSource do not accept JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return what errors are written with."""
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)

"""Lists are cut by a cursor: stable while rows are added, as quick on page 1,000."""

from typing import Any

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Newest first; ``page_size`` up to 200."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the shape of a page: at either end there is no address to go on."""
        address = {"type": ["string", "null"], "format": "uri"}
        fields = {"next": address, "previous": address, "results": schema}
        return {"type": "object", "required": list(fields), "properties": fields}

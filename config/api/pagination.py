"""Lists are cut by a cursor: stable while rows are added, as quick on page 1,000."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Newest first; ``page_size`` up to 200."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 200

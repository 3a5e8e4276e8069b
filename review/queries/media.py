"""A learner's pictures and sounds."""

from uuid import UUID

from accounts.queries.learners import Learner
from config.errors import NotFound
from review import media_files
from review.access import medium_of


class FileGone(NotFound):
    """The row is there, its file is not."""

    code = "file_gone"


def medium(learner: Learner, public_id: UUID) -> tuple[str, bytes]:
    """Return a medium's type and bytes; MediumNotFound or FileGone."""
    row = medium_of(learner, public_id)
    try:
        return row.media_type, media_files.load(str(row.file))
    except FileNotFoundError:
        raise FileGone("This file is not kept any more.") from None

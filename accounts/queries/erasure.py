"""Whether and when an account is erased."""

from accounts.models import Erasure
from accounts.queries.learners import Learner
from config.errors import NotFound


class ErasureNotFound(NotFound):
    """The account is not to be erased."""

    code = "erasure_not_found"


def erasure_of(learner: Learner) -> Erasure:
    """Return when the learner's account will be erased; ErasureNotFound. One query."""
    found = Erasure.objects.filter(user_id=learner.id).first()
    if found is None:
        raise ErasureNotFound("Your account is not to be erased.")
    return found

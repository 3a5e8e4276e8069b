"""The only way to fetch speech on behalf of a learner: another's is as absent as none."""

from uuid import UUID

from config.errors import NotFound
from config.speech.models import Speech


class SpeechNotFound(NotFound):
    """No such speech of this learner."""

    code = "speech_not_found"


def speech_of(user_id: int, public_id: UUID) -> Speech:
    """Return what the learner asked for themselves; SpeechNotFound."""
    rows = Speech.objects.filter(user_id=user_id, purpose=Speech.Purpose.OWN)
    found = rows.select_related("job").filter(public_id=public_id).first()
    if found is None:
        raise SpeechNotFound("You have no speech with this id.")
    return found

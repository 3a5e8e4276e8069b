"""Why the embedded product cannot run."""


class CannotStart(Exception):
    """Something a person has to mend first; the message is one line that says what."""


class AlreadyRuns(CannotStart):
    """Another process holds this RESEE_HOME."""

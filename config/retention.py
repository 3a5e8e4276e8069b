"""How long things are kept that nobody deletes: all of them on one page.

What is not here stays until its owner deletes it, or erases the account. Prompts and answers of
models are not stored at all; limits, breakers and kept answers end in Redis by themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

RELAY = "relay"  # runs always, and tidies up as it goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of thing: ``what`` and since when it is counted, ``kept`` for how long.

    ``entry`` is the entry of the beat schedule that ends it, or RELAY. A ``setting`` holds the
    number of ``unit``s instead of ``kept``; 0 of them are for ever.
    """

    name: str
    what: str
    entry: str
    kept: timedelta | None = None
    setting: str = ""
    unit: timedelta = timedelta(seconds=1)


RULES = (
    Rule(
        name="outbox",
        what="Events that were sent: a lost stream is filled from them again",
        entry="prune-outbox",
        kept=timedelta(days=7),
    ),
    Rule(
        name="handled_events",
        what="Marks of handled events; longer, so that an event sent again finds its mark",
        entry="prune-outbox",
        kept=timedelta(days=14),
    ),
    Rule(
        name="dead_letters",
        what="Dead letters, since they were replayed; the others wait for a person",
        entry="prune-outbox",
        kept=timedelta(days=30),
    ),
    Rule(name="stream", what="Entries of the stream, until every group has had them", entry=RELAY),
    Rule(
        name="idempotency",
        what="Answers that are given again to the same Idempotency-Key",
        entry="prune-api",
        kept=timedelta(hours=24),
    ),
    Rule(
        name="api_keys",
        what="API keys, since they were revoked",
        entry="prune-api",
        kept=timedelta(days=90),
    ),
    Rule(
        name="jobs",
        what="Ended jobs with their attempts and errors, once nothing refers to them",
        entry="prune-jobs",
        kept=timedelta(days=30),
    ),
    Rule(
        name="devices",
        what="Devices, and so refresh tokens, since they were used",
        entry="prune-accounts",
        setting="HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN",
    ),
    Rule(
        name="sessions",
        what="Sessions of the admin, since they were last renewed",
        entry="prune-accounts",
        setting="SESSION_COOKIE_AGE",
    ),
    Rule(
        name="originals",
        what="Uploaded originals; their smaller copies and the text stay",
        entry="prune-originals",
        setting="OCR_ORIGINALS_DAYS",
        unit=timedelta(days=1),
    ),
    Rule(
        name="strays",
        what="Files that no scan is of: an upload may be on its way to its commit",
        entry="sweep-files",
        kept=timedelta(hours=1),
    ),
    Rule(
        name="speech",
        what="Texts that were read aloud and their sounds, since they were last asked for",
        entry="prune-speech",
        kept=timedelta(days=30),
    ),
    Rule(
        name="imports",
        what="Packages of Anki: of imports that ended, started in earnest or not, and of exports",
        entry="prune-imports",
        kept=timedelta(days=7),
    ),
    Rule(
        name="chunks",
        what="Chunks of the tutor's replies, since they ended; the whole reply stays",
        entry="prune-chunks",
        kept=timedelta(days=1),
    ),
    Rule(
        name="archives",
        what="Archives of everything of a learner, and those sent to be brought back",
        entry="prune-accounts",
        kept=timedelta(days=7),
    ),
    Rule(
        name="mailings",
        what="Which reminders and reports were sent, since they were due",
        entry="prune-accounts",
        kept=timedelta(days=90),
    ),
    Rule(
        name="erasures",
        what="Accounts whose learner wants to be erased; backups end by their own rule",
        entry="erase-accounts",
        kept=timedelta(days=14),
    ),
    Rule(
        name="days",
        what="Rollups by day and category; the facts stay, and so do the activity's days",
        entry="fold",
        kept=timedelta(days=400),
    ),
    Rule(
        name="backups",
        what="Backups of the embedded default",
        entry="back-up",
        setting="RESEE_BACKUP_DAYS",
        unit=timedelta(days=1),
    ),
)
_BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}


def kept(name: str) -> timedelta:
    """Return how long that is kept, zero when for ever; KeyError when no rule is called so."""
    rule = _BY_NAME[name]
    if rule.setting:
        return int(getattr(settings, rule.setting)) * rule.unit
    return rule.kept or timedelta()

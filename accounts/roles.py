"""Who may do what in the admin: four roles, and the rights of each on one page.

Over the API every role is a learner: rows of others are reached by nobody. Standard library only.
"""

from enum import StrEnum

OUR_APPS = frozenset(
    {"account", "accounts", "api", "auth", "exams", "jobs", "ocr", "outbox", "review"}
)
AUDIT = frozenset(
    {
        "accounts.view_userchange",
        "review.view_categorychange",
        "review.view_contentchange",
        "review.view_schedulingparameterschange",
    }
)

DECIDED = frozenset(
    {"accounts.change_user", "exams.change_appeal", "exams.change_question", "ocr.change_scan"}
)


class Role(StrEnum):
    """What a person is here."""

    LEARNER = "learner"
    TEACHER = "teacher"
    SUPPORT = "support"
    ADMIN = "admin"

    @property
    def is_staff(self) -> bool:
        """Whether the admin opens at all."""
        return self in {Role.SUPPORT, Role.ADMIN}


def may(role: str, permission: str) -> bool:
    """Tell whether a role has a permission, spelt as Django does: ``accounts.change_user``.

    Support looks at everything but the audit, may disable a learner and log them out, decides
    appeals, withdraws questions and gives them back, has scans read again; admins also add
    accounts, change them and give roles, bring in questions of the level test, and have read models
    rebuilt. Nobody deletes.
    """
    app, _, name = permission.partition(".")
    if app not in OUR_APPS or not Role(role).is_staff:
        return False
    if permission in DECIDED:
        return True
    if role == Role.ADMIN:
        added = {
            "accounts.add_user", "exams.add_levelitem", "review.change_readmodelwatermark",
        }  # fmt: skip
        return name.startswith("view_") or permission in added
    return name.startswith("view_") and permission not in AUDIT


def may_any(role: str, app: str) -> bool:
    """Tell whether a role has any permission in an app."""
    return app in OUR_APPS and Role(role).is_staff

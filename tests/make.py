"""Typed builders of stored rows, for tests that start in the middle."""

from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import User
from review.models import Category, Content


def user(email: str = "learner@example.com", **fields: Any) -> User:
    """A learner without a usable password."""
    return User.objects.create_user(email, **fields)


def member(email: str, password: str, **fields: Any) -> User:
    """A learner who can log in by password: the address is verified."""
    learner = User.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=learner, email=email, verified=True, primary=True)
    return learner


def category(owner: User, name: str = "Words", **fields: Any) -> Category:
    """A category of ``owner``."""
    return Category.objects.create(user=owner, name=name, **fields)


def content(
    owner: User, *, category: Category | None = None, front: str = "apple", **fields: Any
) -> Content:
    """A stored content without a schedule; use the commands where the schedule matters."""
    if category is None:
        category, _ = Category.objects.get_or_create(user=owner, parent=None, name="Words")
    fields.setdefault("back", "a round fruit")
    return Content.objects.create(
        user=owner, category=category, front=front, normal_form=front.lower(), **fields
    )

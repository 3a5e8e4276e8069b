"""The registry of what must answer for the product to be ready; apps fill it in ``AppConfig.ready``."""

from collections.abc import Callable

_checks: dict[str, Callable[[], str]] = {}


def register(name: str, check: Callable[[], str]) -> None:
    """Add a check to /readyz: it returns a short detail for a person, and raises when its part does not answer."""
    _checks[name] = check


def registered() -> dict[str, Callable[[], str]]:
    """Return the checks by name."""
    return dict(_checks)

"""What is wrong with this installation, and what to do: checks by name, filled in by the parts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connections

from config.operations import health

Examine = Callable[[], str]
_REMEDY = "Look into the log of that part; docs/runbook.md says what it means."


class Ailing(Exception):
    """Something is wrong: ``what`` and ``remedy`` are sentences for a person."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Check:
    """``examine`` returns what is well and raises Ailing; ``needs`` name checks that come first."""

    title: str
    examine: Examine
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; without a remedy it could not be looked at, for something else ails."""

    name: str
    title: str
    is_well: bool
    detail: str
    remedy: str = ""


_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add a check, in whose words the part of that name in /readyz is examined."""
    _checks[name] = check


def registered() -> dict[str, Check]:
    """Return all checks, those first that others need; with the parts that only /readyz knows."""
    others = {name: check for name, check in health.registered().items() if name not in _checks}
    found = _checks | {name: _of_part(name, check) for name, check in sorted(others.items())}
    return dict(sorted(found.items(), key=lambda item: len(item[1].needs)))


def examine() -> Iterator[Finding]:
    """Run the checks one after the other and yield what each found."""
    ailing: dict[str, str] = {}
    for name, check in registered().items():
        finding = _examined(name, check, [ailing[need] for need in check.needs if need in ailing])
        if not finding.is_well:
            ailing[name] = check.title
        yield finding
    connections.close_all()


def _examined(name: str, check: Check, missing: list[str]) -> Finding:
    if missing:
        detail = f"could not be looked at before this is well: {', '.join(missing)}"
        return Finding(name, check.title, is_well=False, detail=detail)
    try:
        return Finding(name, check.title, is_well=True, detail=check.examine())
    except Ailing as found:
        return Finding(name, check.title, is_well=False, detail=found.what, remedy=found.remedy)
    except Exception as error:  # noqa: BLE001  one broken check shall not hide the others
        return Finding(name, check.title, is_well=False, detail=reason(error), remedy=_REMEDY)


def _of_part(name: str, check: health.Check) -> Check:
    def ask() -> str:
        try:
            return check()
        except Exception as error:
            raise Ailing(reason(error), health.remedies().get(name, _REMEDY)) from error

    return Check(name.replace("_", " ").capitalize(), ask, ("database",))


def reason(error: BaseException) -> str:
    """Return what an exception says, in one line."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__

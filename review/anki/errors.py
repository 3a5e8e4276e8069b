"""Why a package is refused."""

from typing import ClassVar

from config.errors import Invalid


class NotAPackage(Invalid):
    """The file is no .apkg or .colpkg, or one that is damaged."""

    code: ClassVar[str] = "not_an_anki_package"


class TooNew(Invalid):
    """A later Anki than those known here has written it."""

    code: ClassVar[str] = "anki_package_too_new"


class PackageTooLarge(Invalid):
    """Unpacked it is larger than what is accepted, whatever its headers say."""

    code: ClassVar[str] = "anki_package_too_large"
    status: ClassVar[int] = 413
    title: ClassVar[str] = "File too large"


def damaged(what: str) -> NotAPackage:
    """Return the refusal of a damaged package."""
    return NotAPackage(f"The package is damaged: {what}.", field="file")

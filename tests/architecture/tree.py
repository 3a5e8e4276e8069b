"""The project's own source, for the tests of its shape."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "accounts", "review", "exams", "ocr", "chat", "benchmarks", "deploy")


def sources(root: Path = ROOT) -> Iterator[Path]:
    """Yield the modules whose shape counts: all but migrations and tests."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of a module with its length in lines, decorators left out."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def copy(target: Path) -> Path:
    """Copy what the import rules look at into ``target``."""
    for package in ("config", "accounts", "review", "exams", "ocr", "chat"):
        ignored = shutil.ignore_patterns("__pycache__", "templates", "static")
        shutil.copytree(ROOT / package, target / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", target)
    return target

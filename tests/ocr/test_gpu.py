"""The GPU's memory: budget and refusal. No GPU is at hand: the driver's answers are made up."""

import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from ocr import gpu
from ocr.gpu import Memory
from ocr.model_server import ModelServer
from ocr.model_versions import Loaded, Version
from tests.ocr import images
from tests.ocr.test_model_server import Engine, ask

GIB = 1024**3


@pytest.mark.parametrize(
    ("device", "number"), [("cpu", None), ("gpu", 0), ("gpu:0", 0), ("gpu:3", 3)]
)
def test_a_device_names_its_gpu(device: str, number: int | None) -> None:
    assert gpu.number_of(device) == number


@pytest.mark.parametrize("device", ["tpu", "gpu:", "gpu:x", "GPU", "cpu:1"])
def test_an_unknown_device_is_refused(device: str) -> None:
    with pytest.raises(ValueError, match="OCR_DEVICE"):
        gpu.number_of(device)


def test_the_models_of_an_engine_share_its_budget() -> None:
    kinds = ["TextDetection", *["TextRecognition"] * 3]
    limits = [gpu.provider_options(kind, 6000)[0]["gpu_mem_limit"] for kind in kinds]
    assert limits[0] == 3000 * 1024**2
    assert sum(limits) == 6000 * 1024**2
    assert gpu.provider_options("TextDetection", 0) == [{}, {}]


def test_the_budget_is_of_a_form_that_the_engine_takes() -> None:
    from paddlex.inference.models.runners.onnxruntime_runner import ONNXRuntimeRunnerConfig

    options = gpu.provider_options("TextDetection", 600)
    taken = ONNXRuntimeRunnerConfig.model_validate({"device_type": "gpu", "device_id": 1,
                                                    "provider_options": options})  # fmt: skip
    assert taken.provider_options == options


def test_a_page_is_refused_while_the_gpu_is_nearly_full() -> None:
    memory = Memory(95 * GIB, 100 * GIB)

    def has_room() -> bool:
        return gpu.has_room(lambda: memory, used_max_percent=90)

    server = ModelServer(lambda: [Loaded(Version(), Engine())], has_room=has_room)
    heard: list[Any] = []
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/predict", "wsgi.input": io.BytesIO()}
    server(environ, lambda status, headers: heard.append((status, dict(headers))))
    assert heard[0][0].startswith("503")
    assert heard[0][1]["Retry-After"] == "5"
    assert ask(server, "GET", "/health")[1]["model_loaded"] is True
    memory = Memory(89 * GIB, 100 * GIB)
    assert ask(server, "POST", "/predict", images.png())[0] == 200


@pytest.mark.parametrize(("visible", "asked"), [("", 1), ("4,7", 7), ("GPU-aa,GPU-bb", "GPU-bb")])
def test_the_driver_is_asked_about_the_gpu_that_cuda_means(
    visible: str, asked: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int | str] = []

    def handle(name: int | str) -> str:
        heard.append(name)
        return "handle"

    driver = SimpleNamespace(
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByIndex=handle,
        nvmlDeviceGetHandleByUUID=handle,
        nvmlDeviceGetMemoryInfo=lambda _: SimpleNamespace(used=1, total=2),
    )
    monkeypatch.setitem(sys.modules, "pynvml", driver)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert gpu.nvidia(1) == Memory(1, 2)
    assert heard == [asked]

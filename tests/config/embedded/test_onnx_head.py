"""The cut head of a recogniser says of the characters it keeps what the whole one says."""

import numpy as np
import onnxruntime
import pytest

from config.embedded import models, onnx_head


def outputs(model: bytes, picture: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run(None, {"x": picture})[0]
    return found


def test_a_cut_head_keeps_its_classes() -> None:
    whole = (models._WHEEL / "PP-OCRv6_rec_small.onnx").read_bytes()
    keep = [0, 5, 40, 39, 18_709]
    cut = onnx_head.cut(
        whole, weights="linear_8.w_0", bias="linear_8.b_0", keep=keep, characters="a\nb\nc"
    )
    picture = np.random.default_rng(1).random((1, 3, 48, 96), dtype=np.float32)
    kept = outputs(whole, picture)[..., keep]
    found = outputs(cut, picture)
    assert found.shape == kept.shape
    np.testing.assert_allclose(found, kept / kept.sum(axis=-1, keepdims=True), atol=1e-3)
    session = onnxruntime.InferenceSession(cut, providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map["character"] == "a\nb\nc"


def test_a_tensor_that_is_not_there_is_named() -> None:
    whole = (models._WHEEL / "PP-OCRv6_rec_small.onnx").read_bytes()
    with pytest.raises(ValueError, match="nowhere"):
        onnx_head.cut(whole, weights="nowhere", bias="linear_8.b_0", keep=[0], characters="")

"""A part of the page is read, shown and drawn on: everything stands in one frame."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.queries.learners import Learner
from ocr import options, pages
from ocr.commands import reading
from ocr.model_server import ModelServer
from ocr.model_versions import Loaded, Version
from ocr.models import Scan
from ocr.pages import Pixels
from ocr.text_lines import Line
from tests.client import ApiClient
from tests.ocr import images, pdfs
from tests.ocr.conftest import Serve, read, sent
from tests.ocr.test_model_server import Engine, ask
from tests.ocr_server import Answer, fake_model_server, fake_reading

RED = (255, 0, 0)
BAD = ["1", "a,b,c,d", "0,0,1,2", "0.5,0,0.5,1", "nan,0,1,1", "0,0,1,1,1", "-1,0,1,1", "inf,0,1,1"]


def send(api: ApiClient, **fields: Any) -> Any:
    return api.upload("/scans/", file=SimpleUploadedFile("page.png", images.png()), **fields)


@pytest.mark.parametrize("crop", BAD)
def test_a_crop_that_is_none_is_refused(api: ApiClient, crop: str) -> None:
    answer = send(api, crop=crop)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_crop")
    assert answer.json()["errors"][0]["field"] == "crop"
    assert not Scan.objects.exists()


def test_the_same_part_is_the_same_scan(api: ApiClient) -> None:
    same = [send(api, crop=crop).json()["id"] for crop in ("0,0,.5,1", " 0, 0.0, 0.50000001, 1.0")]
    whole = [send(api, crop=crop).json()["id"] for crop in ("", "0,0,1,1")]
    assert (len(set(same)), len(set(whole)), Scan.objects.count()) == (1, 1, 2)
    assert api.get(f"/scans/{same[0]}/").json()["crop"] == "0,0,0.5,1"
    assert options.normal_crop("-0.00001,0,1,0.5") == "0,0,1,0.5"


def test_the_server_reads_the_part_of_the_turned_page() -> None:
    seen: list[Pixels] = []

    class Seeing(Engine):
        """Remembers what it was given."""

        def read(self, page: Pixels, *, language: str = "auto") -> list[Line]:
            seen.append(page)
            return []

    server = ModelServer(lambda: [Loaded(Version(), Seeing())])
    query = "/predict?use_angle_cls=false&rotate=90&crop="
    status, body = ask(server, "POST", f"{query}0.75,0,1,0.25", images.png())
    assert (status, body["width"], body["height"]) == (200, 20, 30)  # of 80 x 120, once turned
    assert (seen[0] == (0, 0, 255)).all()  # the red corner is right at the top
    status, body = ask(server, "POST", f"{query}0,0,2,2", images.png())
    assert (status, body["code"]) == (422, "bad_crop")
    status, body = ask(server, "POST", f"{query}0,0,0.1,0.1", images.png())
    assert (status, body["code"]) == (422, "bad_crop")


def turned_by_the_server(quarter_turns: int, size: tuple[int, int]) -> Answer:
    status, body = fake_reading("Unit 7")
    body |= {"width": size[0], "height": size[1], "quarter_turns": quarter_turns}
    body["text_boxes"][0]["polygon"] = [[2, 2], [40, 2], [40, 12], [2, 12]]
    return status, body


def test_the_pictures_are_of_the_part_that_was_read(
    api: ApiClient, learner: Learner, serve: Serve
) -> None:
    """The page is turned as asked, cut, then turned once more as the server found it to lie."""
    serve(lambda _: turned_by_the_server(2, (60, 40)))
    scan = read(sent(learner, images.encoded(images.drawn((80, 60))), rotate=90, crop="0,0,1,0.5"))
    page = scan.pages.get()
    assert page.quarter_turns == 2
    root = f"/scans/{scan.public_id}"
    shown = Image.open(io.BytesIO(api.get(f"{root}/pages/1/image/").content)).convert("RGB")
    # drawn: 80 x 60, red left top; turned by 90: 60 x 80, red right top; upper half: 60 x 40;
    # and 90 more: 40 x 60, red right at the bottom
    assert shown.size == (40, 60)
    red, white = shown.getpixel((35, 55)), shown.getpixel((5, 5))
    assert isinstance(red, tuple)
    assert isinstance(white, tuple)
    assert red[1] < 80 < white[1]
    thumbnail = Image.open(io.BytesIO(api.get(f"{root}/thumbnail/").content))
    assert thumbnail.size == (60, 40)  # as asked


def test_the_lines_are_drawn_in_the_frame_of_the_part(
    api: ApiClient, learner: Learner, serve: Serve
) -> None:
    serve(lambda _: turned_by_the_server(0, (60, 40)))
    scan = read(sent(learner, crop="0.5,0.5,1,1"))
    root = f"/scans/{scan.public_id}/pages/1"
    plain = Image.open(io.BytesIO(api.get(f"{root}/image/").content)).convert("RGB")
    drawn = Image.open(io.BytesIO(api.get(f"{root}/overlay.png").content))
    assert drawn.size == plain.size == (60, 40)
    assert drawn.getpixel((20, 2)) != plain.getpixel((20, 2))
    assert drawn.getpixel((20, 30)) == plain.getpixel((20, 30))


def test_two_parts_of_a_file_do_not_share_their_pictures(
    api: ApiClient, learner: Learner, serve: Serve
) -> None:
    serve(lambda _: turned_by_the_server(0, (60, 80)))
    scans = [read(sent(learner, crop=crop)) for crop in ("0,0,0.5,1", "0.5,0,1,1", "")]
    pictures = [api.get(f"/scans/{scan.public_id}/pages/1/image/").content for scan in scans]
    assert len(set(pictures)) == 3


def test_a_part_of_a_pdf_page_is_read_as_a_picture(learner: Learner, settings: Any) -> None:
    asked: list[dict[str, str]] = []
    data = pdfs.text_pdf(["He was reluctant to abandon the garden."])
    with fake_model_server(lambda _: fake_reading("abandon"), queries=asked) as url:
        settings.OCR_MODEL_SERVER_URL = url
        scan = read(sent(learner, data, crop="0,0,1,0.5"))
    assert scan.pages.get().engine_version != reading.PDF_TEXT
    assert asked[0]["crop"] == "0,0,1,0.5"


def test_a_part_too_small_to_hold_text_fails_with_its_reason(
    learner: Learner, serve: Serve
) -> None:
    refusal = (422, {"status": "failed", "code": "bad_crop", "detail": "The crop is too small."})
    serve(lambda _: refusal)
    job = read(sent(learner, crop="0,0,0.1,0.1")).job
    assert (job.state, job.error_code) == ("failed", pages.BadCrop.code)

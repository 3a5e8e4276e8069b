"""Pages of a PDF, as pictures and as the text stored in the file."""

import numpy as np
import pytest

from ocr import pages, pdf
from ocr.text_lines import full_text, in_reading_order
from tests.ocr import images, pdfs

LINES = ("The old ferry crossed the river.", "Nobody remem-", "bered who had built it.")
TEXT = pdfs.text_pdf(LINES, ["Page two says something too."])


def test_a_pdf_is_an_upload_with_pages() -> None:
    assert pages.check(TEXT) == pages.Upload("application/pdf", "pdf", page_count=2)


def test_text_stored_in_the_file_is_taken_from_it() -> None:
    lines = in_reading_order(pages.text_lines(TEXT, page=1))
    assert (
        full_text(lines) == "The old ferry crossed the river. Nobody remembered who had built it."
    )
    assert [line.confidence for line in lines] == [1.0] * 3
    assert "Page two" in full_text(pages.text_lines(TEXT, page=2))


def test_lines_stand_where_the_picture_shows_them() -> None:
    picture = pages.decode(TEXT, page=1)
    is_ink = picture.min(axis=2) < 128
    inside = np.zeros_like(is_ink)
    for line in pages.text_lines(TEXT, page=1):
        (left, top), (right, bottom) = line.polygon[0], line.polygon[2]
        inside[int(top) - 3 : int(bottom) + 4, int(left) - 3 : int(right) + 4] = True
        assert is_ink[int(top) : int(bottom), int(left) : int(right)].any()
    assert not is_ink[~inside].any()


def test_a_scanned_page_has_no_text_and_a_picture() -> None:
    scanned = pdfs.scanned_pdf(images.drawn((400, 300)), images.drawn((300, 400)))
    assert pages.check(scanned).page_count == 2
    assert pages.text_lines(scanned, page=1) == []
    picture = pages.decode(scanned, page=2)
    assert picture.shape[0] > picture.shape[1]
    assert np.abs(picture[5, 5].astype(int) - (0, 0, 255)).max() < 12  # the red corner


def test_a_stamp_is_not_the_text_of_a_page() -> None:
    assert pages.text_lines(pdfs.text_pdf(["Page 4"]), page=1) == []


@pytest.mark.asvs(
    "5.2.3", "a page of a PDF is drawn as large as it is read, whatever size it claims"
)
def test_a_huge_page_is_drawn_small() -> None:
    assert max(pages.decode(pdfs.text_pdf(["vast"], size=(14_400, 14_400))).shape) <= 2000


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_page_that_is_not_there_is_refused(number: int) -> None:
    for look in (pages.decode, pages.text_lines):
        with pytest.raises(pdf.NoSuchPage):
            look(TEXT, page=number)


@pytest.mark.parametrize(
    ("data", "refusal", "said"),
    [
        (TEXT[: len(TEXT) // 2], pdf.DamagedPdf, "damaged"),
        (b"%PDF-1.7\n", pdf.DamagedPdf, "damaged"),
        (pdfs.text_pdf(["secret words"], encrypt=True), pdf.EncryptedPdf, "password"),
        (pdfs.text_pdf(*[["a"]] * 51), pdf.TooManyPages, "51 pages"),
        (pdfs.text_pdf(*[["a"]] * 5000), pdf.TooManyPages, "5000 pages"),
        (pdfs.text_pdf(), pdf.DamagedPdf, "damaged"),
    ],
)
def test_a_pdf_that_is_not_read_says_why(data: bytes, refusal: type[Exception], said: str) -> None:
    for look in (pages.check, pages.decode):
        with pytest.raises(refusal, match=said):
            look(data)


def test_a_damaged_pdf_is_not_called_locked_because_the_one_before_it_was() -> None:
    with pytest.raises(pdf.EncryptedPdf):
        pages.check(pdfs.text_pdf(["secret words"], encrypt=True))
    with pytest.raises(pdf.DamagedPdf):
        pages.check(pdfs.text_pdf())

"""Files of scans: kept once, copied small, handed to their learner alone, deleted in time."""

import io
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from celery.exceptions import Retry
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.queries.learners import Learner, learner_of
from config.jobs.models import Job
from ocr import storage
from ocr.commands import files
from ocr.models import Scan
from ocr.tasks import COPIES_WAIT_MAX, make_copies
from tests.client import ApiClient
from tests.ocr import images, pdfs
from tests.ocr.conftest import Serve, read, sent
from tests.ocr_server import fake_reading

LATER = timezone.now() + timedelta(days=40)


def picture(answer: Any) -> Image.Image:
    assert answer.status_code == 200, answer.content
    return Image.open(io.BytesIO(answer.content))


def photo() -> bytes:
    """A photo that lies on its side, with EXIF that says so and where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise
    exif[0x010F] = "A maker"
    return images.encoded(images.drawn((2400, 1200)), "JPEG", exif=exif.tobytes())


@pytest.fixture
def done(learner: Learner, serve: Serve) -> Scan:
    """A photo that was read."""
    serve(lambda _: fake_reading("He was reluctant.", "To abandon."))
    return read(sent(learner, photo()))


def paths(scan: Scan) -> list[str]:
    root = f"/scans/{scan.public_id}"
    own = ["original/", "thumbnail/", "text.txt", "text.md", "text.json", "events/"]
    return [f"{root}/{name}" for name in [*own, "pages/1/image/", "pages/1/overlay.png"]]


def test_the_same_file_is_the_same_scan_and_read_once(
    learner: Learner, bob: User, serve: Serve
) -> None:
    asked: list[bytes] = []
    serve(lambda body: asked.append(body) or fake_reading("x"))  # type: ignore[func-returns-value]
    first = read(sent(learner))
    again = sent(learner)
    assert (again.pk, again.job.state, len(asked)) == (first.pk, "succeeded", 1)
    assert sent(learner, mode="highlight").pk != first.pk
    assert sent(learner_of(bob)).pk != first.pk


def test_a_failed_scan_is_read_again_when_its_file_is_sent_again(
    scan: Scan, learner: Learner
) -> None:
    default_storage.delete(str(scan.file))
    assert read(scan).job.error_code == "file_missing"
    again = sent(learner)
    assert (again.pk, again.job.state) == (scan.pk, "queued")
    assert default_storage.exists(str(scan.file))


@pytest.mark.asvs(
    "5.4.1", "originals are attachments with the stored name; copies are drawn anew and have none"
)
def test_copies_are_small_upright_and_know_nothing_of_the_camera(
    api: ApiClient, done: Scan
) -> None:
    files.make_copies(scan_id=done.public_id)
    folder = storage.copy_name(done.sha256, "").rstrip("/")
    assert sorted(default_storage.listdir(folder)[1]) == ["page-1-0.webp", "thumbnail-0.webp"]
    root = f"/scans/{done.public_id}"
    thumbnail = picture(api.get(f"{root}/thumbnail/"))
    page = picture(api.get(f"{root}/pages/1/image/"))
    assert (thumbnail.size, page.size) == ((160, 320), (800, 1600))
    assert not page.getexif()
    red, white = page.getpixel((780, 20)), page.getpixel((20, 20))
    assert isinstance(red, tuple)
    assert isinstance(white, tuple)
    assert red[1] < 80 < white[1]  # turned clockwise: the corner that was left is right
    answer = api.get(f"{root}/original/")
    assert (answer.content, answer["Content-Type"]) == (photo(), "image/jpeg")
    assert answer["Content-Disposition"] == 'attachment; filename="page.png"'


def test_the_lines_are_drawn_on_the_page(api: ApiClient, done: Scan) -> None:
    plain = picture(api.get(f"/scans/{done.public_id}/pages/1/image/")).convert("RGB")
    drawn = picture(api.get(f"/scans/{done.public_id}/pages/1/overlay.png"))
    assert (drawn.size, drawn.format) == (plain.size, "PNG")
    at = (100, 0)  # the upper edge of the first line, stretched as the page is
    assert drawn.getpixel(at) != plain.getpixel(at)
    assert drawn.getpixel((100, 1500)) == plain.getpixel((100, 1500))


def test_the_text_comes_in_three_forms(api: ApiClient, learner: Learner, serve: Serve) -> None:
    serve(lambda _: fake_reading("1. An *old* lighthouse", "# stands"))
    scan = read(sent(learner, pdfs.scanned_pdf(images.blank(), images.blank())))
    root = f"/scans/{scan.public_id}"
    text = "1. An *old* lighthouse\n\n# stands"
    assert api.get(f"{root}/text.txt").content.decode() == f"{text}\n\f{text}\n"
    marked = "1\\. An \\*old\\* lighthouse\n\n\\# stands"
    assert (
        api.get(f"{root}/text.md").content.decode()
        == f"## Page 1\n\n{marked}\n\n## Page 2\n\n{marked}\n"
    )
    assert api.get(f"{root}/text.json").json()["pages"][1] == {"number": 2, "text": text}


def test_files_are_nobody_elses(bobs_api: ApiClient, done: Scan) -> None:
    answers = [bobs_api.get(path) for path in paths(done)]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (404, "scan_not_found")
    }


def test_a_page_that_is_not_there_is_404(api: ApiClient, done: Scan) -> None:
    answer = api.get(f"/scans/{done.public_id}/pages/2/overlay.png")
    assert (answer.status_code, answer.json()["code"]) == (404, "page_not_found")


def test_an_image_tag_gets_its_image(api: ApiClient, done: Scan) -> None:
    answer = api._client.get(
        f"/api/v1/scans/{done.public_id}/thumbnail/", headers={"accept": "image/*"}
    )
    assert answer.status_code == 200


def test_originals_end_with_their_lifetime_and_copies_stay(
    api: ApiClient, done: Scan, settings: Any
) -> None:
    files.prune_originals(now=LATER)
    assert default_storage.exists(str(done.file))
    settings.OCR_ORIGINALS_DAYS = 60
    files.prune_originals(now=LATER)
    assert default_storage.exists(str(done.file))
    settings.OCR_ORIGINALS_DAYS = 30
    files.prune_originals(now=LATER)
    assert not default_storage.exists(str(done.file))
    root = f"/scans/{done.public_id}"
    assert api.get(f"{root}/").json()["has_original"] is False
    assert api.get(f"{root}/original/").json()["code"] == "file_gone"
    assert picture(api.get(f"{root}/pages/1/overlay.png")).size == (800, 1600)
    sent(learner_of(done.user), photo())
    assert api.get(f"{root}/").json()["has_original"] is True


def test_an_original_stays_while_another_needs_it(done: Scan, bob: User, settings: Any) -> None:
    settings.OCR_ORIGINALS_DAYS = 30
    sent(learner_of(bob), photo())  # not read yet
    files.prune_originals(now=LATER)
    assert default_storage.exists(str(done.file))


def test_strays_are_swept_and_what_is_owned_stays(done: Scan) -> None:
    files.make_copies(scan_id=done.public_id)
    stray = storage.sha256_of(b"stray")
    names = [storage.original_name(stray, "jpg"), storage.copy_name(stray, "thumbnail-0.webp")]
    for name in names:
        default_storage.save(name, ContentFile(b"stray"))
    files.sweep(now=timezone.now())
    assert default_storage.exists(names[0])  # its scan may be about to be committed
    files.sweep(now=LATER)
    assert not any(default_storage.exists(name) for name in names)
    assert default_storage.exists(str(done.file))
    assert default_storage.exists(storage.copy_name(done.sha256, "thumbnail-0.webp"))


def test_a_deleted_scan_takes_its_copies_along(
    api: ApiClient, done: Scan, django_capture_on_commit_callbacks: Any
) -> None:
    files.make_copies(scan_id=done.public_id)
    with django_capture_on_commit_callbacks(execute=True):
        api.delete(f"/scans/{done.public_id}/")
    assert not default_storage.exists(storage.copy_name(done.sha256, "thumbnail-0.webp"))


def test_a_file_discarded_while_it_is_sent_is_stored_again(
    learner: Learner, django_capture_on_commit_callbacks: Any
) -> None:
    held = storage.held

    def discarded_then_held(sha256: str) -> Any:
        storage.discard(sha256, storage.original_name(sha256, "png"))
        return held(sha256)

    with (
        django_capture_on_commit_callbacks(execute=True),
        patch("ocr.storage.held", discarded_then_held),
    ):
        scan = sent(learner)
    assert default_storage.exists(str(scan.file))
    assert Job.objects.get().state == Job.State.QUEUED


def test_a_part_of_a_file_is_no_file(learner: Learner) -> None:
    """As a process that was killed while it wrote leaves it."""
    data = images.png()
    name = storage.original_name(storage.sha256_of(data), "png")
    default_storage.save(name, ContentFile(data[:100]))
    sent(learner, data)
    assert storage.load(name) == data


def test_files_that_cannot_be_stored_are_refused_and_leave_nothing(
    api: ApiClient, settings: Any
) -> None:
    nowhere = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": "/dev/full"},
    }
    settings.STORAGES = settings.STORAGES | {"default": nowhere}
    answer = api.upload("/scans/", file=SimpleUploadedFile("page.png", images.png()))
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_failed")
    assert not Scan.objects.exists()


def test_copies_are_made_after_the_pages_that_wait(
    done: Scan, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(files, "make_copies", lambda scan_id: made.append(str(scan_id)))
    waiting, scan_id = sent(learner, images.png()), str(done.public_id)
    with pytest.raises(Retry):
        make_copies.apply(kwargs={"scan_id": scan_id}, throw=True)
    assert made == []
    make_copies.apply(kwargs={"scan_id": scan_id}, retries=COPIES_WAIT_MAX, throw=True)
    assert made == [scan_id]  # in the end, however many wait
    read(waiting)
    make_copies.apply(kwargs={"scan_id": scan_id}, throw=True)
    assert made == [scan_id] * 2

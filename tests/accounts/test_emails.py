"""The mails: in the reader's language, by the queue, without a hole for markup."""

import json
from typing import Any

import pytest
from django.core import mail
from django_redis import get_redis_connection

from accounts import emails
from accounts.mail_texts import LANGUAGES, MAILS
from accounts.tasks import DELIVER, deliver
from config.celery import app
from config.settings.base import redis_url
from config.settings.mail import mail_settings
from tests import make
from tests.accounts.journeys import SECRET, SignInClient, mailed_code

MINA = "mina@example.com"
FACTS = {"email": MINA, "code": "BCDF-GHJK", "ip": "192.0.2.7", "user_agent": "Phone"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAILS)
def test_every_mail_is_whole_in_every_language(name: str, language: str) -> None:
    written = emails.write(name, language=language, facts=FACTS)
    wording = MAILS[name][language]
    assert written.subject == wording.title
    for body in (written.text, written.html):
        assert wording.title in body
        assert "BCDF-GHJK" in body
        assert "192.0.2.7" in body
        assert "{" not in body
    assert f'lang="{language}"' in written.html
    assert any("가" <= letter <= "힣" for letter in written.text) == (language == "ko")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.asvs("1.2.1", "mails escape what strangers wrote")
@pytest.mark.asvs("1.3.7", "mails, too")
def test_what_a_stranger_wrote_is_no_markup(language: str) -> None:
    facts = FACTS | {"email": "<b>@example.com", "user_agent": "<script>alert(1)</script>"}
    for name in MAILS:
        html = emails.write(name, language=language, facts=facts).html
        assert "<script" not in html
        assert "<b>" not in html


def test_every_mail_of_the_sign_in_has_its_words() -> None:
    from pathlib import Path

    import allauth

    root = Path(allauth.__file__).parent / "templates"
    theirs = {
        str(path.relative_to(root)).removesuffix("_subject.txt")
        for path in root.glob("*/email/*_subject.txt")
    }
    unused = {  # by link, by log-in code, and the old name of the reset
        "account/email/login_code",
        "account/email/password_reset_key",
    }
    assert theirs - unused == set(MAILS) - {"account/erasure"}


@pytest.mark.parametrize(
    ("tag", "language"),
    [("ko", "ko"), ("ko-KR", "ko"), ("en-GB", "en"), ("de", "en"), ("", "en"), (None, "en")],
)
def test_the_nearest_language_of_ours_is_spoken(tag: str | None, language: str) -> None:
    assert emails.spoken(tag) == language


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("native", "subject"), [("ko", "비밀번호 재설정 코드"), ("en", "Your code for a new password")]
)
def test_a_learner_is_written_to_in_their_language(native: str, subject: str) -> None:
    make.member(MINA, SECRET, native_language=native)
    SignInClient(accept_language="de").post("/auth/password/request", email=MINA)
    (message,) = mail.outbox
    assert message.subject == subject
    assert isinstance(message, mail.EmailMultiAlternatives)
    assert mailed_code() in str(message.alternatives[0][0])


@pytest.mark.django_db
def test_who_is_not_known_is_written_to_in_the_language_of_the_request() -> None:
    client = SignInClient(accept_language="ko-KR,ko;q=0.9")
    client.post("/auth/password/request", email="nobody@example.com")
    assert mail.outbox[0].subject == "이 주소의 계정이 없습니다"


@pytest.mark.django_db
def test_a_mail_waits_in_the_queue_for_what_people_wait_for(settings: Any) -> None:
    app.conf.update(task_always_eager=False)
    queue = _queue(settings)
    before = queue.llen("high")
    assert SignInClient().sign_up(MINA).status_code == 401
    assert mail.outbox == []
    assert queue.llen("high") == before + 1
    message = json.loads(queue.lpop("high"))
    assert message["headers"]["task"] == DELIVER
    assert message["headers"]["argsrepr"] == "(...)"


def _queue(settings: Any) -> Any:
    import redis

    path, _, number = redis_url(settings.REDIS_URL, "celery").partition("?virtual_host=")
    assert get_redis_connection("default").ping()
    return redis.Redis(unix_socket_path=path.removeprefix("redis+socket://"), db=int(number))


@pytest.mark.django_db
def test_a_provider_that_does_not_answer_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def twice_away(name: str, **_: Any) -> None:
        asked.append(name)
        if len(asked) < 3:
            raise ConnectionRefusedError

    monkeypatch.setattr(emails, "send", twice_away)
    app.conf.update(task_eager_propagates=False)
    result = deliver.apply(args=("account/email/email_confirmation", "ko", FACTS))
    assert (result.state, len(asked)) == ("SUCCESS", 3)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("consolemail://", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
        (
            "smtp+tls://user:pass%2Fword@mail.example.org:587",
            {
                "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "EMAIL_HOST": "mail.example.org",
                "EMAIL_PORT": 587,
                "EMAIL_HOST_PASSWORD": "pass/word",
                "EMAIL_USE_TLS": True,
            },
        ),
        (
            "anymail+postmark://?server_token=a%2Bb",
            {
                "EMAIL_BACKEND": "anymail.backends.postmark.EmailBackend",
                "ANYMAIL": {"POSTMARK_SERVER_TOKEN": "a+b"},
            },
        ),
        (
            "anymail+amazon-ses://",
            {"EMAIL_BACKEND": "anymail.backends.amazon_ses.EmailBackend", "ANYMAIL": {}},
        ),
    ],
)
def test_a_url_chooses_who_delivers(url: str, expected: dict[str, Any]) -> None:
    found = mail_settings(url)
    assert {name: found[name] for name in expected} == expected


def test_a_provider_of_the_url_is_really_built(settings: Any) -> None:
    from django.core.mail import get_connection

    for name, value in mail_settings("anymail+postmark://?server_token=secret").items():
        setattr(settings, name, value)
    provider: Any = get_connection()
    assert provider.server_token == "secret"


@pytest.mark.django_db
@pytest.mark.asvs("16.5.3", "sign-in, which counts attempts, waits for Redis")
def test_without_redis_the_sign_in_says_when_to_come_back(settings: Any) -> None:
    away = {"LOCATION": "unix:///nowhere/valkey.sock"}
    settings.CACHES = {"default": settings.CACHES["default"] | away}
    answer = SignInClient().log_in(MINA)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer["Content-Type"] == "application/problem+json"

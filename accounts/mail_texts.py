"""What the mails say, in each language: a title, a text, and what to do if it was somebody else."""

from collections.abc import Mapping
from typing import NamedTuple


class Wording(NamedTuple):
    """One mail in one language; ``title`` is its subject too."""

    title: str
    text: str
    advice: str = ""


_LASTS_KO, _LASTS_EN = "코드는 10분 동안 유효합니다.", "It is good for 10 minutes."
_NOT_YOU_KO = "본인이 요청하지 않았다면 이 메일은 무시하셔도 됩니다."
_NOT_YOU_EN = "If it was not you, there is nothing to do."
_ALARM_KO = (
    "본인이 하지 않은 일이라면 지금 비밀번호를 재설정하세요. "
    "모든 기기에서 로그아웃되고 API 키가 모두 취소됩니다."
)
_ALARM_EN = (
    "If it was not you, reset your password now: "
    "that logs every device out and revokes every API key."
)
_CONFIRM = {
    "ko": Wording(
        "이메일 주소를 확인해 주세요", f"아래 코드를 앱에 입력해 주세요. {_LASTS_KO}", _NOT_YOU_KO
    ),
    "en": Wording(
        "Confirm your e-mail address", f"Enter this code in the app. {_LASTS_EN}", _NOT_YOU_EN
    ),
}


def _change(ko: str, en: str) -> dict[str, Wording]:
    return {
        "ko": Wording(ko, "계정에 다음과 같은 변경이 있었습니다.", _ALARM_KO),
        "en": Wording(en, "This was changed in your account.", _ALARM_EN),
    }


LANGUAGES = ("en", "ko")  # the first is spoken to whoever speaks none of them
DETAILS: Mapping[str, Mapping[str, str]] = {
    "en": {"timestamp": "Time", "ip": "Address", "user_agent": "Device", "due_at": "Erased at"},
    "ko": {"timestamp": "시각", "ip": "주소", "user_agent": "기기", "due_at": "삭제 예정 시각"},
}
MAILS: Mapping[str, Mapping[str, Wording]] = {
    "account/email/email_confirmation": _CONFIRM,
    "account/email/email_confirmation_signup": _CONFIRM,
    "account/email/password_reset_code": {
        "ko": Wording(
            "비밀번호 재설정 코드",
            f"아래 코드와 새 비밀번호를 입력해 주세요. {_LASTS_KO}",
            _NOT_YOU_KO,
        ),
        "en": Wording(
            "Your code for a new password",
            f"Enter this code together with your new password. {_LASTS_EN}",
            _NOT_YOU_EN,
        ),
    },
    "account/email/account_already_exists": {
        "ko": Wording(
            "이미 가입된 주소입니다",
            "누군가 {email} 주소로 가입을 시도했지만, 이 주소의 계정이 이미 있습니다. "
            "비밀번호를 잊으셨다면 재설정해 주세요.",
            _NOT_YOU_KO,
        ),
        "en": Wording(
            "You have an account already",
            "Somebody tried to sign up with {email}, which has an account already. "
            "If you have forgotten your password, ask for a new one.",
            _NOT_YOU_EN,
        ),
    },
    "account/email/unknown_account": {
        "ko": Wording(
            "이 주소의 계정이 없습니다",
            "누군가 {email} 계정의 비밀번호 재설정을 요청했지만, 이 주소로 가입된 계정이 없습니다. "
            "다른 주소로 가입하셨을 수 있습니다.",
            _NOT_YOU_KO,
        ),
        "en": Wording(
            "There is no account with this address",
            "Somebody asked for a new password for {email}, which has no account. "
            "You may have signed up with another address.",
            _NOT_YOU_EN,
        ),
    },
    "account/email/password_changed": _change(
        "비밀번호가 변경되었습니다", "Your password was changed"
    ),
    "account/email/password_set": _change("비밀번호가 설정되었습니다", "A password was set"),
    "account/email/password_reset": _change(
        "비밀번호가 재설정되었습니다", "Your password was reset"
    ),
    "account/email/email_changed": _change(
        "이메일 주소가 변경되었습니다", "Your e-mail address was changed"
    ),
    "account/email/email_confirm": _change(
        "이메일 주소가 확인되었습니다", "Your e-mail address was confirmed"
    ),
    "account/email/email_deleted": _change(
        "이메일 주소가 삭제되었습니다", "An e-mail address was removed"
    ),
    "account/erasure": {
        "ko": Wording(
            "계정이 삭제될 예정입니다",
            "요청하신 대로 아래 시각이 지나면 계정과 모든 학습 기록이 삭제됩니다. "
            "그때까지는 다시 로그인하여 취소할 수 있습니다.",
            _ALARM_KO,
        ),
        "en": Wording(
            "Your account will be erased",
            "As was asked for, your account and everything you have learnt will be erased then. "
            "Until that moment you can log in and cancel it.",
            _ALARM_EN,
        ),
    },
    "mfa/email/totp_activated": _change(
        "인증 앱이 등록되었습니다", "An authenticator app was added"
    ),
    "mfa/email/totp_deactivated": _change(
        "인증 앱이 해제되었습니다", "The authenticator app was removed"
    ),
    "mfa/email/webauthn_added": _change("패스키가 추가되었습니다", "A passkey was added"),
    "mfa/email/webauthn_removed": _change("패스키가 삭제되었습니다", "A passkey was removed"),
    "mfa/email/recovery_codes_generated": _change(
        "새 복구 코드가 발급되었습니다", "New recovery codes were made"
    ),
    "socialaccount/email/account_connected": _change(
        "외부 계정이 연결되었습니다", "Another account was connected"
    ),
    "socialaccount/email/account_disconnected": _change(
        "외부 계정 연결이 해제되었습니다", "Another account was disconnected"
    ),
}

"""The link at the end of a mail: a page with one button, and what mail programs send at once."""

from django.http import HttpResponse
from django.shortcuts import render
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.emails import spoken
from accounts.letters import read_link, unsubscribe
from accounts.models import User
from config.api.negotiation import JsonErrors

_ASK = {"ko": "이 메일을 더 이상 받지 않으시겠어요?", "en": "Stop these mails?"}
_YES = {"ko": "그만 받기", "en": "Stop them"}
_DONE = {"ko": "이제 이 메일을 보내지 않습니다.", "en": "You will not get these mails any more."}
_PAGE = {(200, "text/html"): OpenApiResponse(OpenApiTypes.STR)}


class Unsubscribe(APIView):
    """Whoever has the mail may end such mails: nobody has to sign in for that."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (FormParser, MultiPartParser, JSONParser)
    content_negotiation_class = JsonErrors

    @extend_schema(operation_id="unsubscribe_page", responses=_PAGE, tags=["mail"])
    def get(self, request: Request, link: str) -> HttpResponse:
        """Return a page with a button: looking at a link changes nothing."""
        user, _ = read_link(link)
        return _page(request, user, _ASK, button=_YES)

    @extend_schema(operation_id="unsubscribe", request=None, responses=_PAGE, tags=["mail"])
    def post(self, request: Request, link: str) -> HttpResponse:
        """End these mails; as RFC 8058 has it, too. Twice is once."""
        return _page(request, unsubscribe(link), _DONE)


def _page(
    request: Request, user: User, text: dict[str, str], **more: dict[str, str]
) -> HttpResponse:
    language = spoken(user.native_language)
    context = {"language": language, "text": text[language]}
    context |= {name: words[language] for name, words in more.items()}
    return render(request._request, "mail/unsubscribe.html", context)  # noqa: SLF001  DRF's own

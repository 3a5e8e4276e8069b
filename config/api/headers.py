"""What a browser is told: the API answers data, the admin and the docs are pages."""

from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

PAGES = ("/admin/", "/api/docs/")
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
NO_DEVICES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeaders(CSPMiddleware):
    """Pages get the Content-Security-Policy of the settings; data may do nothing at all."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Add the headers; what an API route answers is kept in no cache."""
        path = request.path_info
        response.headers["Permissions-Policy"] = NO_DEVICES
        if path.startswith("/api/v1/"):
            response.headers.setdefault("Cache-Control", "no-store")
        if path.startswith(PAGES):
            return super().process_response(request, response)
        response.headers["Content-Security-Policy"] = DATA_POLICY
        return response

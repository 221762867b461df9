"""Who may ask: everything is closed but what is named open here.

With a token, a request shows it as `Authorization: Bearer`, or as the cookie that the console
was given for it: a browser's EventSource cannot send headers. Without a token the service
listens on loopback only, and a request must name it so: a page from elsewhere whose name has
been pointed at this machine is refused.
"""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.pages import locked_page
from services.api.problems import problem
from services.api.settings import ApiSettings
from services.loopback import is_loopback

_OPEN = frozenset({"/healthz", "/readyz"})
_STATIC = "/static/"
_MONTH_S = 30 * 86_400


class Gate:
    """Lets a request in, or answers it with 401 (no or a wrong token) or 421 (a wrong name)."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self._app = app
        self._token = settings.token
        self._open = _OPEN | {"/metrics"} if settings.open_metrics else _OPEN
        # The cookie proves that its owner had the token without being it. Cookies do not know
        # ports: the name keeps two instances on one machine apart.
        self._pass = _proof(settings.token or "", "console")
        self._cookie = f"touchstone_{_proof(settings.token or '', 'name')[:8]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it may."""
        answer = self._refusal(scope) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        """Give the answer to a request that does not get through; None lets it through."""
        path, headers = scope["path"], Headers(scope=scope)
        if path in self._open or path.startswith(_STATIC):
            return None
        if self._token is None:
            return None if _names_this_machine(headers.get("host", "")) else _misdirected(path)
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if path == "/" and given and _same(given[0], self._token):
            return self._admit(scope)
        return None if self._knows(headers) else _unauthorised(path, headers)

    def _knows(self, headers: Headers) -> bool:
        """Say whether the request carries the token, or the console's cookie for it."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return _same(token.strip(), self._token or "")
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return cookie is not None and _same(cookie.value, self._pass)

    def _admit(self, scope: Scope) -> Response:
        """Give the console its cookie, and take the token out of the address bar."""
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            self._cookie,
            self._pass,
            max_age=_MONTH_S,
            secure=scope["scheme"] == "https",
            httponly=True,
            samesite="strict",
        )
        return answer


def _proof(token: str, purpose: str) -> str:
    return hmac.new(token.encode(), f"touchstone {purpose}".encode(), "sha256").hexdigest()


def _same(given: str, expected: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())


def _names_this_machine(host: str) -> bool:
    """Say whether the header Host (`name`, `name:port` or `[address]:port`) is loopback."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return is_loopback(name)


def _misdirected(path: str) -> Response:
    detail = "This instance has no token and answers only as 127.0.0.1 or localhost."
    return problem(421, detail, path)


def _unauthorised(path: str, headers: Headers) -> Response:
    challenge = {"www-authenticate": 'Bearer realm="touchstone"'}
    if "text/html" in headers.get("accept", ""):
        return locked_page(challenge)
    detail = "A token is needed: send it as `Authorization: Bearer …`."
    return problem(401, detail, path, headers=challenge)

"""Errors as RFC 9457 problem details: what was wrong, where, and what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.api.errors import BadCursor
from services.api.headers import SECURITY_HEADERS

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    detail: str,
    instance: str,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Make the answer for an error; `instance` is the path that was asked for."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    if errors:
        body["errors"] = list(errors)
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of the application a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(BadCursor, _cursor)
    app.add_exception_handler(Exception, _fault)


async def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    path = request.url.path
    detail = str(fault.detail)
    if detail == HTTPStatus(fault.status_code).phrase:
        # The router's own words say no more than the title does.
        detail = f"{request.method} {path} is not an address of this API; see /openapi.json"
    return problem(fault.status_code, detail, path, headers=fault.headers)


async def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    errors = [
        {"where": ".".join(map(str, error["loc"])), "expected": error["msg"]}
        for error in fault.errors()
    ]
    first = f"{errors[0]['where']}: {errors[0]['expected']}"
    return problem(422, first, request.url.path, errors)


async def _cursor(request: Request, fault: Exception) -> Response:
    detail = f"query.cursor: {fault}"
    errors = [{"where": "query.cursor", "expected": str(fault)}]
    return problem(422, detail, request.url.path, errors)


async def _fault(request: Request, _fault: Exception) -> Response:
    # Answered outside all middleware, so it brings the headers itself; the server logs the cause.
    detail = "The API failed to answer; its log has the cause."
    return problem(500, detail, request.url.path, headers=SECURITY_HEADERS)

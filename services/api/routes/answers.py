"""How answers look: documents as they stand in the read model, lists in pages."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response


class Page(BaseModel):
    """What every list takes; an unknown parameter is an error, so that a typo is not all rows."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=500, description="How many items at most.")
    cursor: str | None = Field(None, description="The `next` of an earlier page, unchanged.")


def answer(body: Any) -> Response:
    """Answer with JSON; an orjson.Fragment in it goes out as it is."""
    return Response(orjson.dumps(body), media_type="application/json")


def raw(documents: Iterable[str]) -> list[orjson.Fragment]:
    """Give documents for an answer without reading them again."""
    return [orjson.Fragment(document) for document in documents]


ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {"application/problem+json": {}}}
    for status in (401, 422)
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"description": "Not Found", "content": {"application/problem+json": {}}}
}

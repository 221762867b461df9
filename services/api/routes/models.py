"""Models: the rules in use, as their authors wrote them."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from services.api.context import Ctx, ModelText
from services.api.routes.answers import ERRORS, NOT_FOUND, answer

router = APIRouter(prefix="/api/v1/models", tags=["models"], responses=ERRORS)


@router.get("")
async def models(ctx: Ctx) -> Response:
    """List the models in use."""
    return answer({"items": [_summary(model) for model in ctx.models.values()], "next": None})


@router.get("/{name}", responses=NOT_FOUND)
async def model(ctx: Ctx, name: str) -> Response:
    """Give one model with its YAML."""
    found = ctx.models.get(name)
    if found is None:
        known = ", ".join(sorted(ctx.models)) or "none"
        raise HTTPException(404, f"There is no model {name}; in use: {known}.")
    return answer({**_summary(found), "yaml": found.yaml})


def _summary(model: ModelText) -> dict[str, str]:
    return {"name": model.name, "version": model.version, "title": model.title}

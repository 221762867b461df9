"""The console's pages: frames in HTML that the console's script fills from the API."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

_CONSOLE = Path(__file__).parent / "console"
_TEMPLATES = Environment(
    loader=FileSystemLoader(_CONSOLE), autoescape=True, undefined=StrictUndefined
)

router = APIRouter(include_in_schema=False)
static_files = StaticFiles(directory=_CONSOLE / "static")


@router.get("/")
async def alerts_page() -> HTMLResponse:
    """Show alerts and transitions as they arrive."""
    return _page("alerts.html")


@router.get("/customers/{subject:path}")
async def customer_page(subject: str) -> HTMLResponse:
    """Show one customer's journey."""
    return _page("customer.html", subject=subject)


def locked_page(headers: Mapping[str, str]) -> HTMLResponse:
    """Say to a person how to get in."""
    return _page("locked.html", 401, headers)


def _page(
    template: str, status: int = 200, headers: Mapping[str, str] | None = None, **words: str
) -> HTMLResponse:
    return HTMLResponse(_TEMPLATES.get_template(template).render(words), status, headers)

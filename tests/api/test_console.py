from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

import services.api

CONSOLE = Path(services.api.__file__).parent / "console"
FILES = [file for file in sorted(CONSOLE.rglob("*.*")) if file.suffix in {".html", ".js", ".css"}]
MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_in_the_console_makes_markup_or_code_out_of_text(file: Path) -> None:
    text = file.read_text("utf-8")
    banned = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|\|\s*safe"
    assert re.findall(banned, text) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_console_loads_nothing_from_elsewhere_and_has_nothing_inline(file: Path) -> None:
    text = file.read_text("utf-8")
    assert re.findall(r"https?://(?!www\.w3\.org/)|//cdn", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", text) == []


async def test_the_first_page_is_there_with_all_it_loads(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    scripts = (await client.get("/static/alerts.js")).text
    loaded += [f"/static/{name}" for name in re.findall(r'from "\./([^"]+)"', scripts)]
    for address in loaded:
        assert (await client.get(address)).status_code == 200, address


async def test_markup_in_a_customers_id_stays_text(client: httpx.AsyncClient) -> None:
    page = await client.get(f"/customers/{MARKUP}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text


def test_every_field_that_a_script_fills_is_in_a_template() -> None:
    pages = "".join(file.read_text("utf-8") for file in FILES if file.suffix == ".html")
    scripts = "".join(file.read_text("utf-8") for file in FILES if file.suffix == ".js")
    filled = set(re.findall(r"fields\.(\w+)", scripts))
    assert filled == set(re.findall(r'data-field="(\w+)"', pages))

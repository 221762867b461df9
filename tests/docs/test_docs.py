"""The documentation speaks of what is there."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest

from journey.language import grammar
from journey.language.grammar import Keywords
from journey.scenarios import grammar as scenarios
from tests.docs.pages import PAGES, ROOT, Page, page
from topics import contracts
from topics.deadletters import Stage
from topics.errors import REASONS
from touchstone.cli import cli

ROOMS = ("journey", "models", "topics", "services", "touchstone", "tests", "docs", "deploy")
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@every_page
def test_every_internal_link_leads_somewhere(page: Page) -> None:
    for link in page.links:
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (page.path.parent / file).resolve() if file else page.path
        assert target.exists(), link
        assert not anchor or anchor in Page(target).anchors, link


@every_page
def test_every_file_named_is_there(page: Page) -> None:
    for span in page.spans:
        if re.fullmatch(rf"({'|'.join(ROOMS)})/[\w./*-]*", span):
            assert list(ROOT.glob(span.rstrip("/"))), span


@every_page
def test_every_command_and_option_exists(page: Page) -> None:
    for text in page.commands:
        words = shlex.split(re.split(r" [|<]| && ", text)[0])
        command, rest = _resolved(words[1:])
        known = {option for param in command.params for option in param.opts + param.secondary_opts}
        used = {word.partition("=")[0] for word in rest if word.startswith("--")} - {"--help"}
        assert used <= known, text


def _resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """Follow the words as deep as there are commands; `list | show` names several."""
    command: click.Command = cli
    context = click.Context(cli)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"{words[0]} is not a command of {command.name}"
        command, words = found, words[1:]
    return command, words


@every_page
def test_every_make_target_is_in_the_makefile(page: Page) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    blocks = (line for _, block in page.blocks for line in block.splitlines())
    for text in (*blocks, *page.spans):
        called = re.match(r"(?:\$ )?make ([\w-]+)", text)
        assert called is None or called[1] in targets, text


@every_page
def test_every_setting_in_the_environment_is_read_somewhere(page: Page) -> None:
    source = "\n".join(path.read_text("utf-8") for path in _sources())
    for name in set(re.findall(r"\bTOUCHSTONE_[A-Z_]+\b", page.text)):
        assert f'"{name}"' in source, name


def test_every_keyword_of_the_grammar_is_explained() -> None:
    pages = (page("docs/model-language.md"), page("docs/reference/model-language.md"))
    explained = {span for one in pages for span in one.spans}
    for kind in (*vars(grammar).values(), *vars(scenarios).values()):
        if isinstance(kind, type) and issubclass(kind, Keywords):
            for keyword in kind.__struct_encode_fields__:
                assert keyword in explained, f"{kind.__name__}.{keyword}"


@pytest.mark.parametrize("name", ["returns.yaml", "returns.scenarios.yaml"])
def test_a_file_that_is_shown_is_shown_as_it_is(name: str) -> None:
    shown = [block for _, block in page("docs/model-language.md").blocks]
    assert (ROOT / "docs" / "examples" / name).read_text("utf-8") in shown


def test_every_command_is_mentioned_somewhere() -> None:
    mentioned = {text.split()[1] for page in PAGES for text in page.commands}
    assert set(cli.list_commands(click.Context(cli))) <= mentioned


@pytest.mark.parametrize("reason", [*REASONS, *get_args(Stage), "late", "future", "misrouted"])
def test_every_reason_of_a_dead_letter_is_explained(reason: str) -> None:
    assert reason in page("docs/send-events.md").spans


@pytest.mark.parametrize("source", contracts.SOURCES)
def test_every_source_topic_is_explained(source: str) -> None:
    assert source in page("docs/send-events.md").spans


@pytest.mark.parametrize("message", page("docs/first-run.md").quotes)
def test_every_message_that_is_explained_can_be_printed(message: str) -> None:
    wanted = message.rstrip(" …").replace("signal 9", "signal …").removeprefix("kafka ")
    assert any(wanted in text for text in _messages()), message


def _messages() -> Iterator[str]:
    """Give the texts of the program, with `…` where they are filled in."""
    for path in _sources():
        if path.suffix == ".sh":
            yield re.sub(r'"?\$\{?\w+\}?"?', "…", path.read_text("utf-8"))
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(_filled(part) for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _filled(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "…"


def _sources() -> Iterator[Path]:
    for room in ("journey", "topics", "services", "touchstone"):
        yield from (ROOT / room).rglob("*.py")
    yield from (ROOT / "deploy").glob("*.sh")

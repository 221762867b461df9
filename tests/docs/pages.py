"""The pages of the documentation, taken apart: links, code spans, blocks, quoted messages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """The path from the root, for messages."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """The whole text."""
        return self.path.read_text("utf-8")

    @property
    def blocks(self) -> list[tuple[str, str]]:
        """The fenced blocks, as (language, content)."""
        return _FENCE.findall(self.text)

    @property
    def prose(self) -> str:
        """The text without the fenced blocks."""
        return _FENCE.sub("", self.text)

    @property
    def spans(self) -> list[str]:
        """What stands in backticks in the prose; a line break in a span is a space."""
        return _SPAN.findall(re.sub(r"\n(?!\n)", " ", self.prose))

    @property
    def links(self) -> list[str]:
        """The targets of all links and images."""
        return _LINK.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """What a link can name after `#`, as GitHub makes it of the headings."""
        titles = (title.replace("`", "").lower() for title in _HEADING.findall(self.prose))
        return {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}

    @property
    def quotes(self) -> list[str]:
        """The quoted lines, which are messages of the program."""
        return re.findall(r"^> (.+)$", self.text, re.MULTILINE)

    @property
    def commands(self) -> list[str]:
        """Every line that calls `touchstone`, in blocks and in backticks."""
        lines = [line for _, block in self.blocks for line in block.splitlines()]
        shell = [line.removeprefix("$ ") for line in lines]
        return [text for text in (*shell, *self.spans) if text.startswith("touchstone ")]

    @property
    def sessions(self) -> list[tuple[str, str]]:
        """The console blocks of one command, as (command, output)."""
        blocks = [block for language, block in self.blocks if language == "console"]
        parts = [block.removeprefix("$ ").partition("\n") for block in blocks]
        return [(command, output) for command, _, output in parts]


PAGES = [
    Page(path) for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
]


def page(name: str) -> Page:
    """Give the page of that path."""
    return Page(ROOT / name)

"""YAML as plain values that remember where they stood.

YAML 1.2's core schema, not 1.1: `on`, `off`, `yes` and `no` are words.
A key given twice is an error.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from journey.errors import ModelError

Path = tuple[str | int, ...]
Place = tuple[int, int]

_MOST_VALUES = 100_000
"""Aliases repeat what they stand for: a few lines of them may stand for more than fits."""


class _Loader(yaml.SafeLoader):
    """A loader that knows the scalars of YAML 1.2's core schema only."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


class Document:
    """The values of a YAML text (`values`), and the line and column of each path in it."""

    def __init__(self, text: str, source: str) -> None:
        self.source = source
        self._places: dict[Path, Place] = {}
        self._count = 0
        try:
            self._loader = _Loader(text)
            node = self._loader.get_single_node()
            self.values: Any = None if node is None else self._value(node, ())
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise ModelError(source, line, column, f"not YAML: {fault.problem}") from fault
        except yaml.reader.ReaderError as fault:
            raise ModelError(source, 1, 1, f"not readable text: {fault.reason}") from fault
        except RecursionError as fault:
            message = "goes too deep, or an alias stands for itself; expected fewer levels"
            raise ModelError(source, 1, 1, message) from fault

    def error(self, path: Path, message: str) -> ModelError:
        """Make the error for what stands at a path, or at the nearest place above it."""
        while path and path not in self._places:
            path = path[:-1]
        line, column = self._places.get(path, (1, 1))
        return ModelError(self.source, line, column, message)

    def written(self, path: Path) -> Any:
        """Give the value that stands at a path, settings by their names. Raises KeyError."""
        value = self.values
        for step in path:
            value = value[step]
        return value

    def _value(self, node: yaml.Node, path: Path) -> Any:
        self._places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
        self._count += 1
        if self._count > _MOST_VALUES:
            raise self.error(path, f"more than {_MOST_VALUES:,} values; expected fewer aliases")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, at)) for at, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        try:
            return self._loader.construct_object(node)
        except (ValueError, KeyError) as fault:
            kind = node.tag.rpartition(":")[2]
            raise self.error(path, f"cannot be read as `{kind}`; expected a plain value") from fault

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*path, key)
            if key in values:
                self._places[here] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
                raise self.error(here, f"{key!r} stands twice in one mapping; expected it once")
            self._places[here] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            values[key] = self._value(value_node, here)
        return values

"""The permissions that docs/security.md lists, read from its commands and given to a broker."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest

PAGE: Final = Path(__file__).parents[2] / "docs" / "security.md"
_TOOL: Final = "kafka-acls.sh $KAFKA "
_KINDS: Final = {"topic": 2, "group": 3, "transactional_id": 5}
_PATTERNS: Final = {"literal": 3, "prefixed": 4}
_OPERATIONS: Final = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}
_ALLOW: Final = 3
_ANY_HOST: Final = "*"


class Permission(NamedTuple):
    """A user may do something to what has this name."""

    user: str
    operation: str
    kind: str
    name: str
    pattern: str


def listed() -> list[Permission]:
    """Give what the commands of the page allow."""
    lines = (line.strip() for line in PAGE.read_text("utf-8").splitlines())
    commands = [line.removeprefix(_TOOL) for line in lines if line.startswith(_TOOL)]
    return [one for command in commands for one in _meant(shlex.split(command))]


def _meant(arguments: list[str]) -> list[Permission]:
    """Read a command as Kafka's tool does, refusing what that would refuse."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("--add", action="store_true", required=True)
    parser.add_argument("--allow-principal", required=True)
    parser.add_argument("--operation", action="append", choices=_OPERATIONS, required=True)
    parser.add_argument("--resource-pattern-type", choices=_PATTERNS, default="literal")
    for kind in _KINDS:
        parser.add_argument(f"--{kind.replace('_', '-')}", action="append", default=[])
    told = parser.parse_args(arguments)
    return [
        Permission(told.allow_principal, operation, kind, name, told.resource_pattern_type)
        for kind in _KINDS
        for operation, name in product(told.operation, getattr(told, kind))
    ]


async def give(bootstrap: str, permissions: Iterable[Permission]) -> None:
    """Allow it; bootstrap is of a listener where this may be done."""
    await _ask(bootstrap, CreateAclsRequest, permissions)


async def take(bootstrap: str, permissions: Iterable[Permission]) -> None:
    """Allow it no longer."""
    await _ask(bootstrap, DeleteAclsRequest, permissions)


async def _ask(
    bootstrap: str,
    request: type[CreateAclsRequest | DeleteAclsRequest],
    permissions: Iterable[Permission],
) -> None:
    host, port, _ = collect_hosts(bootstrap)[0]
    broker = await create_conn(host, port)
    for one in permissions:
        rule = (one.user, _ANY_HOST, _OPERATIONS[one.operation], _ALLOW)
        what = (_KINDS[one.kind], one.name, _PATTERNS[one.pattern])
        answer = (await broker.send(request(*what, *rule))).to_object()
        [results] = [part for part in answer.values() if isinstance(part, list)]
        assert [result["error_code"] for result in results] == [0], answer
    broker.close()

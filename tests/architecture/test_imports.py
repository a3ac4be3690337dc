"""Which file may import what."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from adapters.registry import regions

LAYERS = ("schema", "adapters", "sync", "gateway")
SLUGS = frozenset(adapter.manifest.slug for adapter in regions().values())


@dataclass(frozen=True)
class Rule:
    """`package` may be imported only by files whose path matches `allowed`."""

    package: str
    allowed: str


RULES = (
    Rule("aiohttp.web", r"adapters/(sandbox/\w+|\w+/sandbox)\.py"),
    Rule("aiohttp", r"adapters/connection\.py"),
    Rule("adapters.connection", r"adapters/transport\.py"),
    Rule("strawberry", r"schema/types/.+|adapters/\w+/subgraph\.py|gateway/.+"),
    *(Rule(name, r"sync/.+") for name in ("sqlmodel", "sqlalchemy", "alembic", "apscheduler")),
    *(Rule(name, r"gateway/.+") for name in ("fastapi", "starlette", "uvicorn", "typer", "rich")),
)


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module and member a file imports, as a dotted name; relative ones begin with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            front = "." * node.level + (node.module or "")
            yield from (f"{front}.{alias.name}" for alias in node.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def misplaced(path: str, tree: ast.AST) -> list[str]:
    """Imports of a library that belongs to another part of the house."""
    found = []
    for name in imported(tree):
        rule = next((rule for rule in RULES if within(name, rule.package)), None)
        if rule and not re.fullmatch(rule.allowed, path):
            found.append(f"{path}: {name}")
    return found


def upward(path: str, tree: ast.AST) -> list[str]:
    """Imports of a layer by one that stands above it."""
    place = LAYERS.index(path.partition("/")[0])
    return [f"{path}: {name}" for name in imported(tree) if name.partition(".")[0] in LAYERS[place + 1 :]]


def province(path: str) -> str | None:
    """The province in whose folder a file lies."""
    parts = path.split("/")
    return parts[1] if parts[0] == "adapters" and len(parts) > 2 and parts[1] in SLUGS else None


def sideways(path: str, tree: ast.AST) -> list[str]:
    """Imports of a province by anything outside its folder: another province, or a common module."""
    own = province(path)
    return [
        f"{path}: {name}"
        for name in imported(tree)
        if name.startswith("adapters.") and name.split(".")[1] in SLUGS - {own}
    ]


def relative(path: str, tree: ast.AST) -> list[str]:
    """Relative imports, which the rules above could not see through."""
    return [f"{path}: {name}" for name in imported(tree) if name.startswith(".")]


CHECKS = (misplaced, upward, sideways, relative)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_import_is_where_it_belongs(check, sources: Mapping[str, ast.Module]) -> None:
    assert [fault for path, tree in sources.items() for fault in check(path, tree)] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("adapters/henan/source.py", "import aiohttp"),
        ("adapters/henan/source.py", "from aiohttp import ClientSession"),
        ("adapters/sandbox/serve.py", "from aiohttp import request"),
        ("adapters/connection.py", "from aiohttp import web"),
        ("gateway/app.py", "import aiohttp.web"),
        ("sync/pull.py", "def late():\n    from aiohttp import ClientSession"),
        ("sync/pull.py", "from adapters.connection import connected"),
        ("schema/records.py", "import strawberry"),
        ("adapters/henan/mapping.py", "from strawberry import type"),
        ("sync/cases.py", "import strawberry.types"),
        ("gateway/query.py", "from sqlalchemy.orm import Session"),
        ("adapters/base.py", "import sqlmodel"),
        ("gateway/app.py", "from apscheduler.schedulers import base"),
        ("sync/scheduler.py", "import typer"),
        ("sync/lists/items.py", "from rich import print"),
        ("adapters/base.py", "import fastapi"),
    ],
)
def test_a_library_in_the_wrong_place_would_be_found(path: str, source: str) -> None:
    assert len(misplaced(path, ast.parse(source))) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("adapters/connection.py", "import aiohttp"),
        ("adapters/transport.py", "def late():\n    from adapters.connection import connected"),
        ("adapters/sandbox/platform.py", "from aiohttp import web"),
        ("adapters/henan/sandbox.py", "from aiohttp import web"),
        ("schema/types/entry.py", "import strawberry"),
        ("adapters/henan/subgraph.py", "import strawberry"),
        ("sync/repository/keys.py", "from sqlalchemy import select"),
        ("gateway/cli/main.py", "import typer, richer"),
    ],
)
def test_a_library_in_its_place_is_let_pass(path: str, source: str) -> None:
    assert misplaced(path, ast.parse(source)) == []


@pytest.mark.parametrize(
    ("check", "path", "source"),
    [
        (upward, "schema/records.py", "from adapters.base import Adapter"),
        (upward, "adapters/base.py", "import sync.pull"),
        (upward, "sync/pull.py", "def late():\n    import gateway"),
        (sideways, "adapters/henan/mapping.py", "from adapters.hebei.payload import Project"),
        (sideways, "adapters/registry.py", "from adapters.henan import mapping"),
        (sideways, "gateway/app.py", "import adapters.shanxi.subgraph"),
        (sideways, "adapters/sandbox/serve.py", "from adapters import hunan"),
        (relative, "adapters/henan/mapping.py", "from .payload import Project"),
        (relative, "adapters/henan/mapping.py", "from ..hebei import payload"),
    ],
)
def test_an_import_across_the_house_would_be_found(check, path: str, source: str) -> None:
    assert len(check(path, ast.parse(source))) == 1


def test_a_province_may_import_what_is_its_own() -> None:
    assert sideways("adapters/henan/mapping.py", ast.parse("from adapters.henan.payload import Project")) == []

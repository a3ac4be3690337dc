"""No common module names a province: a sixth one is a new folder and no edit elsewhere."""

import ast
import re
from collections.abc import Iterator, Mapping

import pytest

from schema.identifiers import REGIONS

HOME = "schema/identifiers.py"  # the one table of all 34 regions
CLOCK = {"beijing", "北京"}  # the zone of all our times is called after it, and that is what common code means by it
SLUGS = {region.slug for region in REGIONS.values()} - CLOCK
NAMES = {name for region in REGIONS.values() for name in (region.name, region.full_name)} - CLOCK


def any_of(names: set[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])({'|'.join(sorted(names, key=len, reverse=True))})(?![a-z])", re.IGNORECASE)


NAMED = any_of(SLUGS | NAMES)
NAMED_IN_CODE = any_of(SLUGS)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def is_common(path: str) -> bool:
    """Whether a file belongs to all regions: anything but a province's own folder, and the table of regions."""
    own_folder = path.startswith("adapters/") and path.split("/")[1] in SLUGS
    return path != HOME and not own_folder


def docstrings(tree: ast.AST) -> set[int]:
    """The identities of the nodes that are docstrings: prose may name whom it likes."""
    owners = [node for node in ast.walk(tree) if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None]
    return {id(owner.body[0].value) for owner in owners if isinstance(owner.body[0], ast.Expr)}


def words(tree: ast.AST) -> Iterator[tuple[int, str, re.Pattern[str]]]:
    """Line, text and what to look for, of every string that is no docstring and of every identifier."""
    prose = docstrings(tree)
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield line, node.value, NAMED
        for field in ("id", "attr", "name", "arg", "module", "asname"):
            if isinstance(text := getattr(node, field, None), str):
                yield line, apart(text), NAMED_IN_CODE


def apart(identifier: str) -> str:
    """An identifier with its words set apart: HenanEntry and henan_entry become `henan entry`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", identifier).lower()


def named(path: str, tree: ast.AST) -> list[str]:
    return [f"{path}:{line}: {text[:60]}" for line, text, pattern in words(tree) if pattern.search(text)]


def test_no_common_module_names_a_province(sources: Mapping[str, ast.Module]) -> None:
    assert [fault for path, tree in sources.items() if is_common(path) for fault in named(path, tree)] == []


@pytest.mark.parametrize(
    "source",
    [
        'region = "henan"',
        'if name == "湖南":\n    pass',
        'title = f"2025 年{year}河北省分赛"',
        "class HenanEntry:\n    pass",
        "def read_shanxi():\n    pass",
        "shaanxi = 61",
        "import adapters.hunan.mapping",
        "from adapters import hebei",
        "call(henan=1)",
        "import numpy as guangdong",
        'def f():\n    """Prose about Henan."""\n    return "Henan"',
    ],
)
def test_a_name_in_code_or_in_a_string_would_be_found(source: str) -> None:
    assert len(named("sync/pull.py", ast.parse(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""Henan and 湖南 in prose."""',
        'class A:\n    """So far only Hebei\'s."""',
        "# Shaanxi prints 28\nquota = 28",
        'place = "/shanghainese"',
        'words = ("海", "河")',
        'at = beijing(moment, "北京时间")',
    ],
)
def test_prose_and_other_words_are_let_pass(source: str) -> None:
    assert named("sync/pull.py", ast.parse(source)) == []


def test_the_folders_of_provinces_and_the_table_of_regions_are_not_common() -> None:
    paths = ["schema/identifiers.py", "adapters/henan/mapping.py", "adapters/base.py", "adapters/sandbox/corpus.py"]
    assert [is_common(path) for path in paths] == [False, False, True, True]

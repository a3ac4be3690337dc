"""Every code that a clerk may be answered with stands in the clerks' pages."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "sync" / "list_files.py", *ROOT.glob("sync/lists/*.py"), *ROOT.glob("sync/workbooks/*.py")]
PAGES = "".join((ROOT / "docs" / name).read_text("utf-8") for name in ("lists.md", "list-files.md"))
TOLD_BY = {"Finding", "Problem", "mark", "_no_list", "_refused"}  # what takes a code


def codes() -> set[str]:
    """Words in capitals among the first three arguments of whatever makes a finding or a problem."""
    calls = (
        node
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TOLD_BY
    )
    words = (
        each.value for call in calls for each in call.args[:3] if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )  # fmt: skip
    return {word for word in words if "_" in word and word == word.upper()}


@pytest.mark.parametrize("code", sorted(codes()))
def test_a_code_stands_in_the_clerks_pages(code) -> None:
    assert f"`{code}`" in PAGES


def test_the_sources_are_read_for_codes() -> None:
    assert {"RANK_GAP", "FILE_FOREIGN", "KEY_REUSED", "DRAWING_LEFT_OUT"} <= codes()

"""Every problem that is written down says in both languages what to do about it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("Problem", "ProblemRecord")  # the second where the graph has a type of the first name
FIELDS = ("code", "place", "zh", "en", "value", "remedy_zh", "remedy_en")  # of `Problem`, in their order


def without_remedy(text: str) -> list[int]:
    """The lines of problems that are made without a remedy; one made from a mapping may have it there."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in NAMES]
    given = {
        call.lineno: {*FIELDS[: len(call.args)], *(word.arg for word in call.keywords)}
        for call in made
        if all(word.arg for word in call.keywords) and not any(isinstance(each, ast.Starred) for each in call.args)
    }
    return [line for line, names in given.items() if not {"remedy_zh", "remedy_en"} <= names]


@pytest.mark.parametrize("layer", ["schema", "adapters", "sync", "gateway"])
def test_every_problem_says_what_to_do(layer: str) -> None:
    found = {
        str(path.relative_to(ROOT)): without_remedy(path.read_text("utf-8")) for path in (ROOT / layer).rglob("*.py")
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_a_problem_without_a_remedy_would_be_found() -> None:
    text = (
        'Problem("A", "b", zh="错", en="wrong")\nProblem("A", "b", "错", "wrong", None, "改", "mend")\nProblem(**told)'
    )
    assert without_remedy(text) == [1]

"""The page about clauses names every predicate and no other."""

import re
from pathlib import Path

from schema.predicates import PREDICATES

PAGE = (Path(__file__).parents[2] / "docs/clauses.md").read_text("utf-8")


def test_the_page_lists_exactly_the_predicates_there_are() -> None:
    rows = [
        line.split("|")[1]
        for line in PAGE.partition("## 谓词")[2].partition("\n## ")[0].splitlines()
        if line.startswith("| `")
    ]
    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row)) == sorted(PREDICATES)

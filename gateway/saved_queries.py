"""The queries that GraphiQL offers: to each role those that it may run, and to nobody any other.

Each is a file of `samples`, whose first line names the roles; its variables stand in the .json file beside it, where
`${region}` is the viewer's own.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Final

from gateway.auth import Viewer
from schema.vocabulary import Role

FOLDER: Final = Path(__file__).parent / "samples"
_ROLES: Final = re.compile(r"# roles:((?: [A-Z]+)+)\n")
_ANY_REGION: Final = "43"  # in the variables of those who are of no region


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """One file."""

    name: str
    roles: frozenset[Role]
    query: str
    variables: str

    def tab(self, viewer: Viewer) -> dict[str, str]:
        """As a tab of GraphiQL for this viewer."""
        made = Template(self.variables).substitute(region=viewer.region or _ANY_REGION)
        return {"query": self.query, "variables": made}


@cache
def saved_queries() -> tuple[SavedQuery, ...]:
    """All of them, in the order of their numbers; ValueError where a file does not say whose it is."""
    return tuple(
        _read(path) for path in sorted(FOLDER.glob("*.graphql"), key=lambda path: int(path.stem.split("-")[0]))
    )


def tabs(viewer: Viewer) -> list[dict[str, str]]:
    """What this viewer is offered."""
    return [each.tab(viewer) for each in saved_queries() if viewer.role in each.roles]


def _read(path: Path) -> SavedQuery:
    text = path.read_text("utf-8")
    said = _ROLES.match(text)
    if said is None:
        raise ValueError(f"{path.name} does not say whose it is")
    variables = path.with_suffix(".json")
    roles = frozenset(Role(name) for name in said[1].split())
    return SavedQuery(path.stem, roles, text[said.end() :], variables.read_text("utf-8") if variables.exists() else "")

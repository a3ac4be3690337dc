"""Two versions of a list, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.lists.items import ListItem

_FIELDS = ("rank", "title", "nationalTrack", "remark")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one entry. `field` is entryId where the entry stands on one of the lists alone; None is nothing there."""

    entry_id: str
    field: str
    before: str | None
    after: str | None


def differences(before: Sequence[ListItem], after: Sequence[ListItem]) -> list[Difference]:
    """What changed from one to the other, entry by entry in order of the later rank (what left comes last)."""
    old, new = _by_entry(before), _by_entry(after)
    found: list[Difference] = []
    for entry in (*new, *(each for each in old if each not in new)):
        here, there = old.get(entry), new.get(entry)
        if here is None or there is None:
            found.append(Difference(entry, "entryId", entry if here else None, entry if there else None))
        fields = [name for name in _FIELDS if _text(here, name) != _text(there, name)]
        found += [Difference(entry, name, _text(here, name), _text(there, name)) for name in fields]
    return found


def _by_entry(items: Sequence[ListItem]) -> dict[str, dict[str, Any]]:
    return {item.entry_id: item.as_dict() for item in sorted(items, key=lambda item: item.rank)}


def _text(item: Mapping[str, Any] | None, name: str) -> str | None:
    value = item.get(name) if item else None
    return None if value is None else str(value)

"""Peer: fuzzy matching within blocks. Entries that share a firm, a code, a token or a rare piece of text are compared by
rapidfuzz; the score weighs title, text, firm and people. `python peer_fuzzy_blocks.py entries.jsonl pairs.csv`.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import peer_entries
from peer_entries import Entry
from rapidfuzz import fuzz

_LARGEST = 60
_LOWEST = 0.3
_ALIKE = 0.6


def _keys(entry: Entry) -> Iterator[tuple[str, object]]:
    yield from (("token", each) for each in (*entry.id_tokens, *entry.phones))
    yield from (("firm", each) for each in entry.orgs)
    yield from (("piece", each) for each in entry.rare)
    yield "title", entry.title_core
    yield "code", entry.code


def _compared(one: Entry, other: Entry) -> tuple[bool, float]:
    title = fuzz.token_set_ratio(one.title_core, other.title_core) / 100
    text = fuzz.ratio(one.text, other.text) / 100
    firm = max((fuzz.ratio(a, b) for a in one.orgs for b in other.orgs), default=0.0) / 100
    people = len(set(one.id_tokens) & set(other.id_tokens)) / max(1, min(len(one.id_tokens), len(other.id_tokens)))
    project = 0.35 * title + 0.4 * text + 0.15 * firm + 0.1 * people
    return title * 0.5 + text * 0.5 >= _ALIKE, max(project, 0.5 + 0.5 * people if people else 0.0)


def main(source: Path, target: Path) -> None:
    """Read, compare, write."""
    entries = peer_entries.read(source)
    blocks = defaultdict(list)
    for number, entry in enumerate(entries):
        for key in _keys(entry):
            if key[1]:
                blocks[key].append(number)
    pairs = {pair for block in blocks.values() if 1 < len(block) <= _LARGEST for pair in combinations(block, 2)}
    scored = ((entries[one], entries[two], *_compared(entries[one], entries[two])) for one, two in sorted(pairs))
    peer_entries.write(target, (each for each in scored if each[3] >= _LOWEST))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

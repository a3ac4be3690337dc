"""Peer: exact keys on prepared values. Two entries are a pair when they share an identity token, or title and firm, or
title core and credit code, or the whole text. `python peer_exact_keys.py entries.jsonl pairs.csv`.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import peer_entries
from peer_entries import Entry

_LARGEST = 50  # entries that share a key beyond this many share nothing that tells them apart


def _keys(entry: Entry) -> Iterator[tuple[str, ...]]:
    yield from (("token", token) for token in entry.id_tokens)
    if entry.title and entry.org_core:
        yield "title and firm", entry.title, entry.org_core
    if entry.title_core and entry.code:
        yield "core and code", entry.title_core, entry.code
    if entry.text:
        yield "text", entry.text


def main(source: Path, target: Path) -> None:
    """Read, compare, write."""
    entries = peer_entries.read(source)
    blocks = defaultdict(list)
    for number, entry in enumerate(entries):
        for key in _keys(entry):
            blocks[key].append(number)
    pairs = defaultdict(set)
    for key, block in blocks.items():
        if 1 < len(block) <= _LARGEST:
            for pair in combinations(block, 2):
                pairs[pair].add(key[0])
    peer_entries.write(
        target, ((entries[one], entries[two], keys != {"token"}, 1.0) for (one, two), keys in sorted(pairs.items()))
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

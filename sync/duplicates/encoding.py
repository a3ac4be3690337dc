"""Turns records into rows of numbers, a whole corpus at once: n-grams of the texts, keys of people and organisations."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from sync.duplicates.figures import figures
from sync.duplicates.folding import codes_of, fold, folding_table, sounding_table, texts_of, without_breaks
from sync.duplicates.hashing import (
    Integers,
    distinct,
    grams,
    hashed,
    hashed_codes,
    hashed_rows,
    paired,
    rows_of,
    rows_of_keys,
    without,
)
from sync.duplicates.organisations import organisation_core
from sync.duplicates.places import without_places
from sync.duplicates.records import LONGEST_TEXT, MOST_PARTIES, Record

PLACES: Final = ("region", "city", "track", "topic")


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch of records, row by row. All matrices are binary; those of whole keys have `WIDE` columns, others `SPACE`."""

    titles: tuple[str, ...]  # places taken out, as they sound
    teams: tuple[str, ...]
    leads: tuple[str, ...]  # core of the lead organisation's name
    lead_codes: tuple[str, ...]  # its credit code as given
    places: Integers  # of each record the hashes of region, city, track and topic
    title_sounds: csr_matrix  # pairs of neighbouring syllables
    title_signs: csr_matrix  # single syllables
    title_words: csr_matrix  # pairs of neighbouring characters
    words: csr_matrix  # the same of title and summary together
    shingles: csr_matrix  # runs of four characters of the summary
    numbers: csr_matrix  # numbers in the summary, each with the unit that follows
    cores: csr_matrix  # organisation cores, lead and partners
    lead_core: csr_matrix
    core_parts: csr_matrix  # pairs of characters of all cores
    credit_codes: csr_matrix
    tokens: csr_matrix  # ID numbers
    phones: csr_matrix
    names: csr_matrix  # of members
    known: csr_matrix  # names of those members whose token is given
    reached: csr_matrix  # members by name and phone together
    reached_known: csr_matrix  # those of them whose token is given

    def __len__(self) -> int:
        return len(self.titles)

    def take(self, rows: Integers) -> Self:
        """The given rows, in the given order."""
        picked = rows.tolist()
        parts: dict[str, Any] = {}
        for field in fields(self):
            column = getattr(self, field.name)
            parts[field.name] = tuple(column[i] for i in picked) if isinstance(column, tuple) else column[rows]
        return type(self)(**parts)

    @classmethod
    def joined(cls, batches: Iterable[Self]) -> Self:
        """Several batches, at least one, as one. Of batches that nobody else holds only one column stands twice at a time."""
        columns: dict[str, list[Any]] = {field.name: [] for field in fields(cls)}
        for batch in batches:
            for name, parts in columns.items():
                parts.append(getattr(batch, name))
        return cls(**{name: _stacked(columns.pop(name)) for name in list(columns)})


def encode(records: Sequence[Record]) -> Encoded:
    """The rows of `records`. Order of members and partners makes no difference."""
    count = len(records)
    each = np.arange(count)
    titles, title_ends = codes_of([without_places(_cut(record.project_name)) for record in records])
    sounding = sounding_table()[titles]
    # In a title spaces and signs are a matter of taste; in a summary they part one thought from the next.
    (title_words,) = grams(*without_breaks(folding_table()[titles], title_ends), each, 2)
    title_signs, title_sounds = grams(*without_breaks(sounding, title_ends), each, 1, 2)
    codes, ends = codes_of([_without_own_names(record) for record in records])
    pairs, shingles = grams(folding_table()[codes], ends, each, 2, 4)
    houses = [[(record.org_name, record.org_uscc), *((p.name, p.uscc) for p in record.partners[:MOST_PARTIES])]
              for record in records]  # fmt: skip
    names = [[organisation_core(_cut(name)) if name else "" for name, _ in house] for house in houses]
    cores, of_core = _flat(names)
    (core_parts,) = grams(folding_table()[codes_of(cores)[0]], codes_of(cores)[1], of_core, 2)
    leads = tuple(house[0] for house in names)
    credit_codes = _normal([[code for _, code in house] for house in houses])
    return Encoded(
        titles=tuple(texts_of(sounding, title_ends)),
        teams=tuple(fold(_cut(record.team_name)) for record in records),
        leads=leads,
        lead_codes=tuple(record.org_uscc for record in records),
        places=np.stack([_numbered([getattr(record, name) for record in records]) for name in PLACES], axis=1),
        title_sounds=rows_of_keys(title_sounds, count),
        title_signs=rows_of_keys(title_signs, count),
        title_words=rows_of_keys(title_words, count),
        words=rows_of_keys(without(distinct(np.concatenate((title_words, pairs))), core_parts), count),
        shingles=rows_of_keys(shingles, count),
        numbers=_rows([figures(_cut(record.abstract)) for record in records]),
        cores=rows_of(hashed(cores), of_core, count),
        lead_core=hashed_rows(leads),
        core_parts=rows_of_keys(core_parts, count),
        credit_codes=_rows([[code.upper() for code in codes] for codes in credit_codes]),
        **_people(records),
    )


def _people(records: Sequence[Record]) -> dict[str, csr_matrix]:
    members = [member for record in records for member in record.members[:MOST_PARTIES]]
    owners = np.repeat(np.arange(len(records)), [min(len(record.members), MOST_PARTIES) for record in records])
    codes, ends = codes_of([_cut(member.name) for member in members])
    codes, ends = without_breaks(folding_table()[codes], ends)
    names, named = hashed_codes(codes, ends), np.diff(ends, prepend=0) > 0
    tokens, phones = [member.id_token for member in members], [member.phone_token for member in members]
    token, phone = hashed(tokens), hashed(phones)
    identified, reachable = _given(tokens), _given(phones)
    person = paired(names, phone)

    def rows(hashes: Integers, kept: npt.NDArray[np.bool_]) -> csr_matrix:
        return rows_of(hashes[kept], owners[kept], len(records))

    return {
        "tokens": rows(token, identified),
        "phones": rows(phone, reachable),
        "names": rows(names, named),
        "known": rows(names, named & identified),
        "reached": rows(person, named & reachable),
        "reached_known": rows(person, named & reachable & identified),
    }


def _cut(text: str) -> str:
    return text[:LONGEST_TEXT]


def _given(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    return np.fromiter(map(bool, texts), np.bool_, len(texts))


def _flat(rows: Sequence[Sequence[str]]) -> tuple[list[str], Integers]:
    """The texts of all rows that are not empty, and the row of each."""
    texts = list(chain.from_iterable(rows))
    kept = _given(texts)
    owners = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    return [text for text in texts if text], owners[kept]


def _normal(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The texts in one width and without spaces; all at once, since most of the cost is in calling."""
    flat, owners = _flat(rows)
    texts = (
        unicodedata.normalize("NFKC", "\n".join(" ".join(text.split()) for text in flat)).replace(" ", "").split("\n")
    )
    made: list[list[str]] = [[] for _ in rows]
    for text, row in zip(texts, owners.tolist(), strict=False):
        made[row].append(text)
    return made


def _rows(texts: Sequence[Iterable[str]]) -> csr_matrix:
    """Each text of each row, empty ones left out, once."""
    flat, owners = _flat([list(row) for row in texts])
    return rows_of(hashed(flat), owners, len(texts))


def _stacked(columns: Sequence[Any]) -> Any:  # noqa: ANN401  whichever of the three a field is
    if isinstance(columns[0], tuple):
        return tuple(chain.from_iterable(columns))
    return np.concatenate(columns) if isinstance(columns[0], np.ndarray) else vstack(columns, "csr")


def _numbered(texts: Sequence[str]) -> Integers:
    """A number for each text, -1 for an empty one."""
    return np.where(_given(texts), hashed(texts), -1)


def _without_own_names(record: Record) -> str:
    """The summary without its organisations' full names: they are in all entries of a house and say nothing of one."""
    text = _cut(record.abstract)
    for name in (record.org_name, *(partner.name for partner in record.partners[:MOST_PARTIES])):
        if name and name in text:
            text = text.replace(name, " ")
    return text

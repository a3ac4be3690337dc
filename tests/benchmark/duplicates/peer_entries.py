"""Entries as a careful user of a general tool would prepare them: width, case, traditional characters and signs evened out,
legal forms, branches and places taken off organisations, generic words off titles, texts as sketches of rare pieces.
"""

import csv
import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from opencc import OpenCC

_SIGNS = re.compile(r"[\W_]+")
_GENERIC = re.compile(
    r"平台|系统|解决方案|智能体|应用|服务|一张图|大模型|数据要素|基于|面向|研究|建设|关键技术|智慧|数字化|综合"
)
_LEGAL = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团|公司).*$")
_SKETCH = 24
_PIECE = 4
_RARE = 6  # pieces to block on: the rarest of a text that another text has, too
_COMMON = 20  # entries with a piece before it says nothing
_SIMPLE = OpenCC("t2s")


@dataclass(frozen=True)
class Entry:
    """One prepared entry."""

    id: str
    region: str
    city: str
    title: str
    title_core: str
    org_core: str
    orgs: list[str]
    code: str | None
    id_tokens: list[str]
    phones: list[str]
    names: list[str]
    text: str
    sketch: list[int]
    rare: list[int]


def plain(text: str | None) -> str:
    """The text in simplified characters, half width and small letters, without signs."""
    return _SIGNS.sub("", _SIMPLE.convert(unicodedata.normalize("NFKC", text or "")).casefold()).replace("x", "")


def _pieces(text: str) -> list[int]:
    return sorted({zlib.crc32(text[at : at + _PIECE].encode()) for at in range(max(1, len(text) - _PIECE + 1))})


def _with_rare(entries: list[Entry]) -> list[Entry]:
    held = Counter(piece for entry in entries for piece in _pieces(entry.text))
    return [
        replace(entry, rare=sorted((p for p in _pieces(entry.text) if 1 < held[p] <= _COMMON), key=held.get)[:_RARE])
        for entry in entries
    ]


def _organisation(name: str | None, places: re.Pattern[str]) -> str:
    return places.sub("", _LEGAL.sub("", plain(name)))


def read(path: Path) -> list[Entry]:
    """All entries of an offline file. Places are the cities that the file itself names."""
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    cities = sorted({row["city"] for row in rows}, key=len, reverse=True)
    places = re.compile(rf"[一-龥]{{2,3}}(省|自治区)|{'|'.join(map(re.escape, cities))}|^市")
    entries = []
    for row in rows:
        title = plain(row["project_name"])
        orgs = [_organisation(row["org_name"], places), *(_organisation(p["name"], places) for p in row["partners"])]
        text = plain(row["abstract"])
        entries.append(
            Entry(
                id=row["id"],
                region=row["region"],
                city=row["city"],
                title=title,
                title_core=_GENERIC.sub("", title),
                org_core=orgs[0],
                orgs=[each for each in orgs if each],
                code=row["org_uscc"],
                id_tokens=[member["id_token"] for member in row["members"] if member["id_token"]],
                phones=sorted({member["phone_token"] for member in row["members"] if member["phone_token"]}),
                names=sorted({plain(member["name"]) for member in row["members"]}),
                text=text,
                sketch=_pieces(text)[:_SKETCH],  # two texts share as many of their smallest hashes as they are alike
                rare=[],
            )
        )
    return _with_rare(entries)


def kinds(one: Entry, other: Entry, *, alike: bool) -> list[str]:
    """The kinds of a reported pair: by shared identity tokens, and by whether title or text are `alike`."""
    shared = len(set(one.id_tokens) & set(other.id_tokens))
    team = shared >= 2
    apart = (one.region, one.city) != (other.region, other.city)
    found = ["SAME_PROJECT"] if alike or not shared else []
    if team and apart:
        found.append("SAME_TEAM")
    if team and not apart and not alike:
        found.append("TEAM_TWO_PROJECTS")
    if shared == 1:
        found.append("SAME_PERSON")
    return found


def write(path: Path, pairs: Iterable[tuple[Entry, Entry, bool, float]]) -> None:
    """`id_a,id_b,kind,score`, a line for each kind of each (one, other, alike, score)."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id_a", "id_b", "kind", "score"))
        for one, other, alike, score in pairs:
            for kind in kinds(one, other, alike=alike):
                writer.writerow((one.id, other.id, kind, repr(score)))

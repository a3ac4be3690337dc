"""Names of provinces, cities and counties, so that a place put into a title or a company's name does not hide the rest.

The names are those of python-stdnum's table of administrative divisions (GB/T 2260 with its history, 1980 to today).
"""

import re
from collections import defaultdict
from functools import cache
from importlib.resources import files
from operator import add
from typing import Final

from schema.identifiers import REGIONS

_LINE: Final = re.compile(r'^  (\d{4}) county="([^"]*)"', re.MULTILINE)
_YEARS: Final = re.compile(r"\[[^\]]*\]")
# What a city's name may drop in everyday writing. Counties keep theirs: bare, many of them are ordinary words (和平, 新华).
_CITY_ENDINGS: Final = ("市", "地区", "盟", "特别行政区")
_NOT_A_PLACE: Final = re.compile(r"^(市辖区|县|省直辖.*|自治区直辖.*|.*直辖县.*)$")
_SHORTEST: Final = 2


@cache
def _by_beginning() -> dict[str, tuple[str, ...]]:
    """All names by their first two characters, the longest first."""
    names = {name for region in REGIONS.values() for name in (region.name, region.full_name)} | {"中国", "全国"}
    for code, text in _LINE.findall(files("stdnum.cn").joinpath("loc.dat").read_text("utf-8")):
        for each in _YEARS.sub("", text).split(","):
            name = each.strip()
            if _NOT_A_PLACE.match(name) or len(name) <= _SHORTEST:
                continue
            names.add(name)
            if code.endswith("00"):
                ending = next((ending for ending in _CITY_ENDINGS if name.endswith(ending)), "")
                short = name.removesuffix(ending)
                if len(short) >= _SHORTEST:
                    names.add(short)
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[name[:_SHORTEST]].append(name)
    return {first: tuple(sorted(group, key=lambda name: (-len(name), name))) for first, group in found.items()}


def place_at(text: str, start: int) -> str:
    """The longest name of a place that stands at `start`, with the 省 or 市 that follows it; else an empty text."""
    beginning = _by_beginning().get(text[start : start + _SHORTEST])
    if beginning is None:
        return ""
    name = next((name for name in beginning if text.startswith(name, start)), "")
    after = text[start + len(name) : start + len(name) + 1]
    return name + after if name and after and after in "省市" else name


def without_outer_places(text: str) -> str:
    """The text without the places it begins or ends with, as long as two characters are left.

    A place in the middle stays: it tells one subsidiary of a group from another.
    """
    while text and (place := place_at(text, 0)) and len(text) - len(place) >= _SHORTEST:
        text = text[len(place) :]
    starts = range(_SHORTEST, len(text) - 1)
    last = next((start for start in starts if place_at(text, start) == text[start:]), len(text))
    return text[:last]


def without_places(text: str) -> str:
    """The text without the places it names; unchanged where nothing else would be left."""
    if _by_beginning().keys().isdisjoint(map(add, text, text[1:])):
        return text
    kept, position = [], 0
    while position < len(text):
        place = place_at(text, position)
        if place:
            position += len(place)
        else:
            kept.append(text[position])
            position += 1
    return "".join(kept) or text

"""总览: what an office looks at first. Freshness, entries over time, where they are, how far they have come, what waits."""

import tomllib
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from gateway.console.page import Asked, Page, Words
from gateway.console.rendering import day
from schema.identifiers import REGIONS
from schema.provenance import CHINA
from schema.vocabulary import Stage

_DEGREES: Final = 6  # shades of the heat map
_DEADLINES: Final = 6


@cache
def _tiles() -> list[dict[str, Any]]:
    """Every region of the country as a square of the tile map."""
    places = tomllib.loads((Path(__file__).with_name("tiles.toml")).read_text("utf-8"))["tiles"]
    return [{"code": code, "name": REGIONS[code].name, "x": x, "y": y} for code, (x, y) in places.items()]


def _view(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    regions = [each for each in data["regions"] if asked.viewer.scope.covers(each["code"])]
    heat: dict[str, Counter[str | None]] = defaultdict(Counter)
    for row in data["heat"]:
        region, track = (key["value"] for key in row["keys"])
        heat[region][track] += row["entries"]
    stages = Counter({row["keys"][0]["value"]: row["entries"] for row in data["stages"]})
    most = max((count for row in heat.values() for count in row.values()), default=0)
    return {
        "regions": regions,
        "totals": {code: sum(row.values()) for code, row in heat.items()},
        "tracks": data["nationalTracks"],
        "heat": heat,
        "degree": lambda count: -(-count * _DEGREES // most) if most else 0,
        "weekly": sorted(
            ({"week": row["keys"][0]["value"], "entries": row["entries"]} for row in data["weeks"]),
            key=itemgetter("week"),
        ),
        "funnel": _funnel(stages),
        "cases": {each["status"]: each["number"] for each in data["duplicateCaseCounts"]},
        "lists": _against_quota(regions, data["recommendationLists"]),
        "deadlines": _deadlines(regions, data),
        "tiles": _tiles(),
    }


def _funnel(counts: Counter[str]) -> list[dict[str, Any]]:
    """How many came at least as far as each stage; where nobody is beyond, the funnel ends."""
    order = [stage.value for stage in Stage]
    reached = [
        {"stage": name, "entries": sum(counts[each] for each in order[place:])} for place, name in enumerate(order)
    ]
    return [each for each in reached if each["entries"]]


def _against_quota(regions: list[dict[str, Any]], lists: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each region how many places it has, and how many entries stand on its newest list, or the one that counts."""
    found = []
    for region in regions:
        own = [each for each in lists if each["issuer"] == region["code"]]
        best = next((each for each in own if each["counts"]), own[0] if own else None)
        found.append(
            {"region": region, "list": best, "quota": region["quota"]["total"], "pushed": best["size"] if best else 0}
        )
    return found


def _deadlines(regions: list[dict[str, Any]], data: dict[str, Any]) -> list[dict[str, Any]]:
    """What ends next; the days that notices print, those the organiser set for lists, the ends of publicity."""
    today = f"{datetime.now(CHINA):%Y-%m-%d}"
    found = [
        {"on": each["end"], "who": region["name"], "what": each["quote"]}
        for region in regions
        for each in region["timeline"]
        if each["end"]
    ]
    found += [
        {"on": day(each["deadline"]), "who": each["name"], "what": ""}
        for each in data["selectionRules"]
        if each["deadline"]
    ]
    found += [
        {"on": day(each["closesAt"]), "who": each["issuerName"], "what": f"公示 {each['id']}"}
        for each in data["publicityWindows"]["nodes"]
        if each["isOpen"]
    ]
    return sorted((each for each in found if each["on"] >= today), key=lambda each: each["on"])[:_DEADLINES]


OVERVIEW: Final = Page("/", Words("总览", "Overview"), "overview", "overview", view=_view, in_menu=True, charts=True)
PAGES: Final = (OVERVIEW,)

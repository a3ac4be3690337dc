"""总览: what an office looks at first. Freshness, entries over time, where they are, how far they have come, what waits."""

import tomllib
from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from gateway import facts
from gateway.console.page import Asked, Page, Words
from gateway.console.rendering import day
from schema.identifiers import REGIONS
from schema.provenance import CHINA
from schema.vocabulary import Stage

_WEEKS: Final = 14  # the weeks of the chart, from the first day of any registration on
_DEGREES: Final = 6  # shades of the heat map
_DEADLINES: Final = 6


@cache
def _weeks() -> list[date]:
    """The days on which the chart's weeks begin, and the one on which the last ends."""
    starts = [
        each.start
        for region in facts.region_types().values()
        for each in region.timeline
        if each.id.endswith("-registration") and each.start
    ]
    first = min(starts)
    return [first + timedelta(weeks=number) for number in range(_WEEKS + 1)]


@cache
def _tiles() -> list[dict[str, Any]]:
    """Every region of the country as a square of the tile map."""
    places = tomllib.loads((Path(__file__).with_name("tiles.toml")).read_text("utf-8"))["tiles"]
    return [{"code": code, "name": REGIONS[code].name, "x": x, "y": y} for code, (x, y) in places.items()]


def _variables(asked: Asked) -> dict[str, Any]:
    asked.check()
    return {f"t{number}": f"{start}T00:00:00+08:00" for number, start in enumerate(_weeks())}


def _view(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    regions = [each for each in data["regions"] if asked.viewer.scope.covers(each["code"])]
    heat: dict[str, dict[str | None, int]] = defaultdict(dict)
    for row in data["heat"]:
        region, track = (key["value"] for key in row["keys"])
        heat[region][track] = row["entries"]
    most = max((count for row in heat.values() for count in row.values()), default=0)
    return {
        "regions": regions,
        "totals": {code: sum(row.values()) for code, row in heat.items()},
        "tracks": data["nationalTracks"],
        "heat": heat,
        "degree": lambda count: -(-count * _DEGREES // most) if most else 0,
        "weekly": [
            {"week": f"{start:%m-%d}", "entries": data[f"w{number}"]["totalCount"]}
            for number, start in enumerate(_weeks()[:-1])
        ],
        "funnel": _funnel({row["keys"][0]["value"]: row["entries"] for row in data["stages"]}),
        "cases": {each["status"]: each["number"] for each in data["duplicateCaseCounts"]},
        "lists": _against_quota(regions, data["recommendationLists"]),
        "deadlines": _deadlines(regions, data),
        "tiles": _tiles(),
    }


def _funnel(counts: dict[str, int]) -> list[dict[str, Any]]:
    """How many came at least as far as each stage; where nobody is beyond, the funnel ends."""
    order = [stage.value for stage in Stage]
    reached = [
        {"stage": name, "entries": sum(counts.get(each, 0) for each in order[place:])}
        for place, name in enumerate(order)
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
        {"on": day(each["closesAt"]), "who": each["region"]["name"], "what": f"公示 {each['id']}"}
        for each in data["publicityWindows"]
        if each["isOpen"]
    ]
    return sorted((each for each in found if each["on"] >= today), key=lambda each: each["on"])[:_DEADLINES]


OVERVIEW: Final = Page(
    "/", Words("总览", "Overview"), "overview", "overview", variables=_variables, view=_view, in_menu=True, charts=True
)
PAGES: Final = (OVERVIEW,)

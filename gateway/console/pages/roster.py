"""总决赛名册: by track and region, held and excluded with reasons; what-if, freeze, compare, decide."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData

from gateway.console import forms
from gateway.console.page import ORGANISER, WITH_LISTS, Act, Asked, Page, Words
from schema.roster import RosterAct
from schema.types.catalogue import NATIONAL_TRACKS
from schema.vocabulary import RosterState

_CONDITIONS: Final = ("version", "older", "newer", "regions", "tracks", "states")


def _variables(asked: Asked) -> dict[str, Any]:
    version, older, newer = (asked.number(name) for name in ("version", "older", "newer"))
    asked.among("tracks", [*NATIONAL_TRACKS, "-"])
    asked.among("states", RosterState)
    asked.check(*_CONDITIONS)
    both = older is not None and newer is not None
    return {"version": version, "older": older or 0, "newer": newer or 0, "withComparison": both}


def _view(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    regions, tracks, states = asked.all("regions"), asked.all("tracks"), asked.all("states")
    roster, versions = data["roster"], data["rosterVersions"]["nodes"]
    items = [
        item
        for item in roster["items"]
        if (not regions or item["region"]["code"] in regions)
        and (not tracks or (item["nationalTrack"] or {"id": "-"})["id"] in tracks)
        and (not states or item["state"] in states)
    ]
    by_region = []
    for region in (each for each in data["regions"] if asked.viewer.scope.covers(each["code"])):
        own = [item for item in roster["items"] if item["region"]["code"] == region["code"]]
        counts = {state.value: sum(item["state"] == state for item in own) for state in RosterState}
        by_region.append({"region": region, **counts})
    return {
        "roster": roster,
        "items": items,
        "by_region": by_region,
        "versions": versions,
        "changes": data.get("compareRosters"),
        "newest": versions[0]["number"] if versions else None,
        "chosen": {"regions": regions, "tracks": tracks, "states": states, "version": asked.one("version")},
        "compared": (asked.one("older"), asked.one("newer")),
    }


def _supposed(asked: Asked) -> dict[str, Any]:
    entry, act = asked.one("entry"), asked.member("act", RosterAct, "EXCLUDE")
    asked.check("entry", "act")
    return {"decisions": [{"entryId": entry, "act": act, "reason": "推演 what if"}] if entry else []}


def _outcome(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    found = data["whatIf"]
    problems = [{**each, "remedy_zh": each["remedyZh"], "remedy_en": each["remedyEn"]} for each in found["problems"]]
    return {
        "changes": found["changes"],
        "problems": problems,
        "entry": asked.one("entry"),
        "act": asked.one("act") or "EXCLUDE",
    }


def _reason(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    del path
    return {"reason": forms.text(form, "reason")}


def _version(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    del path
    return {"version": forms.whole_number(form, "version"), "reason": forms.text(form, "reason")}


def _decisions(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    del path
    reason = forms.text(form, "reason")
    made = [{"entryId": forms.text(form, "entry"), "act": forms.text(form, "act"), "reason": reason}]
    return {"decisions": made, "reason": reason}


def _erratum(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    return {**_decisions(path, form), "version": forms.whole_number(form, "version")}


PAGES: Final = (
    Page(
        "/roster",
        Words("总决赛名册", "Roster"),
        "roster",
        "roster",
        WITH_LISTS,
        variables=_variables,
        view=_view,
        in_menu=True,
    ),
    Page("/roster/what-if", Words("推演", "What if"), "what_if", "what_if", ORGANISER, "/roster", _supposed, _outcome),
)
ACTS: Final = (
    Act(
        "/roster/renew",
        "renew_roster",
        Words("名册已按现有数据更新", "the roster is up to date"),
        _reason,
        "/roster",
    ),
    Act(
        "/roster/decide",
        "decide_roster",
        Words("决定已记录，名册已更新", "the decision is on record, the roster renewed"),
        _decisions,
        "/roster",
    ),
    Act("/roster/freeze", "freeze_roster", Words("名册已冻结", "the roster is frozen"), _version, "/roster"),
    Act(
        "/roster/reopen",
        "reopen_roster",
        Words("名册已重新开放", "the roster is open again"),
        _version,
        "/roster",
    ),
    Act(
        "/roster/finalise",
        "finalise_roster",
        Words("名册已终定", "the roster is final"),
        _version,
        "/roster",
    ),
    Act(
        "/roster/erratum",
        "issue_erratum",
        Words("更正已签名发布", "the erratum is signed and issued"),
        _erratum,
        "/roster",
    ),
)

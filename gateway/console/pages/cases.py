"""查重: the queue, one case side by side, decisions with undo, many at once after a look."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData

from gateway.console import forms, sessions
from gateway.console.page import ORGANISER, Act, Asked, Page, Words
from gateway.console.sessions import Session
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from schema.vocabulary import CaseKind, CaseStatus

_QUEUE: Final = 30
_MOST_AT_ONCE: Final = 50
_CONDITIONS: Final = ("statuses", "kinds", "case")
_TAKEN: Final = Words(
    "裁定已记录，可在本次登录期间撤回", "the decision is on record; until you sign out it can be taken back"
)
_SCALE: Final = 260  # pixels of the waterfall's drawing from left to right


def _variables(asked: Asked) -> dict[str, Any]:
    statuses, kinds = asked.among("statuses", CaseStatus) or ["OPEN"], asked.among("kinds", CaseKind)
    chosen = asked.path.get("id") or ""
    asked.check(*_CONDITIONS)
    order = "REVIEW" if statuses == ["OPEN"] else "CHANGED"
    return {
        "statuses": statuses,
        "kinds": kinds or None,
        "order": order,
        "first": _QUEUE,
        "chosen": chosen,
        "withChosen": bool(chosen),
    }


def _view(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    chosen, queue = data.get("chosen"), data["duplicateCases"]["nodes"]
    ids = [each["id"] for each in queue]
    place = ids.index(chosen["id"]) if chosen and chosen["id"] in ids else None
    return {
        "missing": "id" in asked.path and chosen is None,
        "queue": queue,
        "counts": {each["status"]: each["number"] for each in data["duplicateCaseCounts"]},
        "statuses": asked.all("statuses") or ["OPEN"],
        "kinds": asked.all("kinds"),
        "pairs": asked.pairs,
        "chosen": chosen,
        "waterfalls": [_waterfall(pair) for pair in chosen["pairs"]] if chosen else [],
        "sides": _sides(chosen) if chosen else {},
        "before": ids[place - 1] if place else None,
        "next": ids[place + 1]
        if place is not None and place + 1 < len(ids)
        else (ids[0] if ids and place is None else None),
        "decided": asked.remembered.get("decided", []),
    }


def _sides(case: Mapping[str, Any]) -> dict[int, dict[str, list[dict[str, int]]]]:
    """For each entry of a case, by its place, the parts of its title and summary that the first pair it is in marks as its
    own. The pair names its entries in order: left, right.
    """
    found: dict[int, dict[str, list[dict[str, int]]]] = {}
    keys = [(each["entryId"], each["title"], each["region"]["name"]) for each in case["entries"]]
    for pair in case["pairs"]:
        for side, each in zip(("left", "right"), pair["entries"], strict=True):
            place = keys.index((each["entryId"], each["title"], each["region"]["name"]))
            if place not in found:
                found[place] = {line["feature"]: line[f"{side}Spans"] for line in pair["lines"]}
    return found


def _waterfall(pair: Mapping[str, Any]) -> dict[str, Any]:
    """From prior to posterior, each line's weight where the sum stood, in pixels of the drawing."""
    sums = [pair["prior"] or 0.0]
    for line in pair["lines"]:
        sums.append(sums[-1] + line["bits"])
    low, high = min(0.0, *sums), max(0.0, *sums)
    unit = _SCALE / (high - low or 1)
    bars = []
    for line, start, end in zip(pair["lines"], sums, sums[1:], strict=False):
        left, right = sorted((start, end))
        bars.append({**line, "x": round((left - low) * unit, 1), "width": max(1.0, round((right - left) * unit, 1))})
    first, last = ((each - low) * unit for each in (min(0.0, sums[0]), min(0.0, sums[-1])))
    return {
        **pair,
        "bars": bars,
        "zero": round(-low * unit, 1),
        "scale": _SCALE,
        "prior_bar": (round(first, 1), max(1.0, round(abs(sums[0]) * unit, 1))),
        "posterior": sums[-1],
        "posterior_bar": (round(last, 1), max(1.0, round(abs(sums[-1]) * unit, 1))),
    }


def _decision(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    """CONFIRMED:<entry that stays>, DISMISSED or OPEN, as the buttons say it."""
    verdict, _, kept = forms.text(form, "decision").partition(":")
    if verdict not in tuple(CaseStatus):
        raise RequestError(
            Problem(
                "DECISION_INVALID", "decision", "没有选择裁定", "no decision was chosen", None,
                "用页面上的按钮裁定", "decide by the buttons of the page",
            ),
            status=422,
        )  # fmt: skip
    reason = forms.text(form, "reason")
    return {
        "input": {
            "caseId": path["id"],
            "decision": verdict,
            "keepEntryId": kept or None,
            "reason": reason,
            "seenAt": forms.text(form, "seenAt") or None,
        }
    }


async def _note(hub: Hub, session: Session, variables: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """Remember what this session decided, so that it can be taken back; a decision that was, is forgotten."""
    made = variables["input"]
    kept = [each for each in session.remembered.get("decided", []) if each["id"] != made["caseId"]]
    if made["decision"] != "OPEN":
        case = data["decideCase"]["case"]
        kept = [{"id": case["id"], "decision": case["status"], "changedAt": case["changedAt"]}, *kept][:20]
    await sessions.remember(hub, session, decided=kept)


def _onward(path: Mapping[str, str], form: FormData) -> str:
    """To the next case of the queue, if the form knew one; a decision taken back leads to its own case."""
    onward = forms.text(form, "next")
    if forms.text(form, "decision") == "OPEN":
        onward = path["id"]
    return f"/cases/{onward}" if onward.isalnum() else "/cases"


def _chosen_ids(asked: Asked) -> dict[str, Any]:
    ids = asked.all("ids")
    asked.check("ids")
    if not 0 < len(ids) <= _MOST_AT_ONCE:
        raise RequestError(
            Problem(
                "SELECTION_INVALID",
                "ids",
                f"请选择 1 至 {_MOST_AT_ONCE} 个案件",
                f"choose 1 to {_MOST_AT_ONCE} cases",
                str(len(ids)),
                "在队列中勾选",
                "tick them in the queue",
            ),
            status=422,
        )
    return {"ids": ids}


def _together(path: Mapping[str, str], form: FormData) -> list[dict[str, Any]]:
    """One dismissal for each case that was previewed, each as it was seen there."""
    del path
    reason = forms.text(form, "reason")
    seen = [each.partition("|") for each in forms.texts(form, "seen")]
    return [
        {
            "input": {
                "caseId": case,
                "decision": "DISMISSED",
                "keepEntryId": None,
                "reason": reason,
                "seenAt": at or None,
            }
        }
        for case, _, at in seen[:_MOST_AT_ONCE]
    ]


def _preview(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    del asked
    return {"cases": [each for each in data["nodes"] if each]}


PAGES: Final = (
    Page("/cases", Words("查重", "Duplicates"), "cases", "cases", variables=_variables, view=_view, in_menu=True),
    Page(
        "/cases/preview",
        Words("批量排除", "Dismiss together"),
        "case_preview",
        "case_preview",
        ORGANISER,
        "/cases",
        _chosen_ids,
        _preview,
    ),
    Page("/cases/{id}", Words("案件", "Case"), "cases", "cases", section="/cases", variables=_variables, view=_view),
)
ACTS: Final = (
    Act(
        "/cases/{id}/decide",
        "decide_case",
        _TAKEN,
        _decision,
        _onward,
        after=_note,
    ),
    Act("/cases/dismiss", "decide_case", _TAKEN, _together, "/cases", after=_note),
)

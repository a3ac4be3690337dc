"""推荐名单: what each issuer pushed, its versions and their differences, checking, accepting, returning; quotas; receipts.

Uploading a file is `gateway.console.uploads`: a file is no GraphQL.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData

from gateway.console import forms
from gateway.console.page import WITH_LISTS, Act, Asked, Page, Words
from schema.list_life import ListAct


def _all(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    issuers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in data["recommendationLists"]:
        issuers[each["issuer"]].append(each)
    regions = [each for each in data["regions"] if asked.viewer.scope.covers(each["code"])]
    rules = {each["issuer"]: each for each in data["selectionRules"]}
    bars = []
    for region in regions:
        newest = next((each for each in issuers.get(region["code"], []) if each["counts"]), None) or next(
            iter(issuers.get(region["code"], [])), None
        )
        bars.append({"region": region, "quota": region["quota"], "newest": newest, "rules": rules.get(region["code"])})
    return {
        "issuers": issuers,
        "regions": regions,
        "bars": bars,
        "rules": data["selectionRules"],
        "messages": data["messages"]["nodes"],
    }


def _one(asked: Asked) -> dict[str, Any]:
    before = asked.one("before")
    asked.check("before")
    return {"receipt": asked.path["receipt"], "before": before or "", "withBefore": before is not None}


def _list(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    found = data["recommendationList"]
    return {
        "list": found,
        "missing": found is None,
        "differences": data.get("compareLists"),
        "compared_with": asked.one("before"),
    }


def _receipt(asked: Asked) -> dict[str, Any]:
    asked.check()
    return {"receipt": asked.path["receipt"]}


def _printed(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    del asked
    return {
        "list": data["recommendationList"],
        "seal": data["auditSeal"],
        "missing": data["recommendationList"] is None,
    }


def _shadow(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    return {"shadow": data["listShadow"], "receipt": asked.path["receipt"]}


def _move(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    """An act on a list; when it is returned, the rows whose reason was filled in."""
    returned = forms.text(form, "act") == ListAct.RETURN
    rows = [
        {"rank": int(name[4:]), "reason": reason}
        for name in (form if returned else ())
        if name.startswith("row-") and name[4:].isdecimal() and (reason := forms.text(form, name))
    ]
    return {
        "input": {
            "receipt": path["receipt"],
            "act": forms.text(form, "act"),
            "reason": forms.text(form, "reason"),
            "rows": rows,
        }
    }


def _quota(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: forms.whole_number(form, name) for name in ("total", "perTrack", "alternates") if forms.text(form, name)
    }
    deadline = forms.text(form, "deadline")
    if deadline:
        given["deadline"] = f"{deadline}:00+08:00" if len(deadline) == 16 else deadline
    return {"input": {"issuer": path["issuer"], "reason": forms.text(form, "reason"), **given}}


PAGES: Final = (
    Page("/recommendations", Words("推荐名单", "Lists"), "lists", "lists", WITH_LISTS, view=_all, in_menu=True),
    Page(
        "/recommendations/{receipt}", Words("名单", "List"), "list", "list", WITH_LISTS, "/recommendations", _one, _list
    ),
    Page(
        "/recommendations/{receipt}/receipt",
        Words("回执", "Receipt"),
        "receipt",
        "receipt",
        WITH_LISTS,
        "/recommendations",
        _receipt,
        _printed,
    ),
    Page(
        "/recommendations/{receipt}/shadow",
        Words("推算", "Computed"),
        "list_shadow",
        "list_shadow",
        WITH_LISTS,
        "/recommendations",
        _receipt,
        _shadow,
    ),
)
ACTS: Final = (
    Act(
        "/recommendations/{receipt}/move",
        "move_list",
        Words("已办理，并告知推荐单位", "done, and the issuer is told"),
        _move,
        "/recommendations/{receipt}",
        WITH_LISTS,
    ),
    Act(
        "/recommendations/{issuer}/quota",
        "set_quota",
        Words("名额和规则已设定，记录在案", "the rules are set, on record"),
        _quota,
        "/recommendations",
    ),
)

"""公示, which anybody may read, and 异议 as the office works through them."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData

from gateway.console import forms
from gateway.console.page import WITH_LISTS, Act, Asked, Page, Words
from schema.publicity import ObjectionStatus
from schema.vocabulary import Role


def _windows(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    del asked
    return {"windows": data["publicityWindows"]["nodes"]}


def _asked_statuses(asked: Asked) -> dict[str, Any]:
    statuses = asked.among("statuses", ObjectionStatus)
    asked.check("statuses")
    return {"statuses": statuses or None, "first": 200}


def _objections(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    return {
        "objections": data["objections"]["nodes"],
        "number": data["objections"]["totalCount"],
        "statuses": asked.all("statuses"),
    }


def _ruling(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    return {"id": path["id"], "decision": forms.text(form, "decision"), "reason": forms.text(form, "reason")}


PAGES: Final = (
    Page("/publicity", Words("公示", "Publicity"), "publicity", "publicity", view=_windows, in_menu=True, public=True),
    Page(
        "/objections",
        Words("异议", "Objections"),
        "objections",
        "objections",
        WITH_LISTS | {Role.JOB},
        "/objections",
        _asked_statuses,
        _objections,
        in_menu=True,
    ),
)
ACTS: Final = (
    Act(
        "/objections/{id}/decide",
        "decide_objection",
        Words("异议已处理", "the objection is decided"),
        _ruling,
        "/objections",
    ),
)

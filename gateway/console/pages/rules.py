"""规则: the notices' clauses in their own words, regions side by side; registers that entries are looked up in."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData

from gateway import facts
from gateway.console import forms
from gateway.console.page import ORGANISER, Act, Asked, Page, Words
from schema.vocabulary import ClauseKind, Register


def _asked_clauses(asked: Asked) -> dict[str, Any]:
    regions = asked.among("regions", list(facts.region_types()))
    kinds = asked.among("kinds", ClauseKind)
    asked.check("regions", "kinds")
    return {"regions": regions or None, "kinds": kinds or ["ELIGIBILITY"]}


def _clauses(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    return {**data, "chosen": {"regions": asked.all("regions"), "kinds": asked.all("kinds") or ["ELIGIBILITY"]}}


def _asked_kind(asked: Asked) -> dict[str, Any]:
    kind = asked.member("kind", ClauseKind, "ELIGIBILITY")
    asked.check("kind")
    return {"kind": kind}


def _compared(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    del asked
    return {"comparison": data["compareClauses"]}


def _registers(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    del asked
    return {"registers": data["registers"]}


def _asked_register(asked: Asked) -> dict[str, Any]:
    asked.check()
    known = asked.path["register"] in tuple(Register)
    return {"registers": [asked.path["register"]] if known else []}


def _register(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    found = next((each for each in data["registers"] if each["register"] == asked.path["register"]), None)
    return {"register": found, "missing": found is None}


def _line(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    names = ("name", "creditCode", "project", "contest", "role", "subTopic", "remark")
    return {
        "register": path["register"],
        "lines": [{name: forms.text(form, name) for name in names}],
        "reason": forms.text(form, "reason"),
        "replace": False,
    }


PAGES: Final = (
    Page("/rules", Words("规则", "Rules"), "rules", "rules", variables=_asked_clauses, view=_clauses, in_menu=True),
    Page(
        "/rules/compared",
        Words("各省对照", "Side by side"),
        "rules_compared",
        "rules_compared",
        section="/rules",
        variables=_asked_kind,
        view=_compared,
    ),
    Page(
        "/registers", Words("名单库", "Registers"), "register_names", "registers", ORGANISER, "/rules", view=_registers
    ),
    Page(
        "/registers/{register}",
        Words("名单", "Register"),
        "registers",
        "register",
        ORGANISER,
        "/rules",
        _asked_register,
        _register,
    ),
)
ACTS: Final = (
    Act(
        "/registers/{register}/lines",
        "change_register",
        Words("名单已更新，有关项目已重新判定", "the register is changed and entries judged anew"),
        _line,
        "/registers/{register}",
    ),
)

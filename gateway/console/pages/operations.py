"""同步: schedules, runs as they go on, rows set aside, guard stops; 系统: health, keys, the record of changes."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData

from gateway import facts
from gateway.console import forms
from gateway.console.page import ORGANISER, Act, Asked, Page, Words
from schema.vocabulary import Role

_STARTERS: Final = frozenset({Role.NATIONAL, Role.JOB})


def _sync(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    return {
        **data,
        "regions": [each for each in data["regions"] if asked.viewer.scope.covers(each["code"])],
        "stops": [each for each in data["guardStops"]["nodes"] if each["usedAt"] is None],
        "may_start": asked.viewer.role in _STARTERS,
    }


def _live(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    del asked
    pulls = data["pulls"]["nodes"]
    return {"pulls": pulls, "running": [each for each in pulls if each["status"] == "RUNNING"]}


def _asked_rows(asked: Asked) -> dict[str, Any]:
    regions = asked.among("regions", list(facts.region_types()))
    asked.check("regions")
    return {"regions": regions or None, "first": 200}


def _rows(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    regions = [each for each in data["regions"] if asked.viewer.scope.covers(each["code"])]
    return {
        "rows": data["quarantine"]["nodes"],
        "number": data["quarantine"]["totalCount"],
        "regions": regions,
        "chosen": asked.all("regions"),
        "may_start": asked.viewer.role in _STARTERS,
    }


def _asked_record(asked: Asked) -> dict[str, Any]:
    subject, after = asked.one("subject"), asked.one("after")
    asked.check("subject", "after")
    return {"subject": subject, "after": after}


def _system(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    records = data["auditRecords"]
    return {
        "health": data["health"],
        "records": records["nodes"],
        "more": records["pageInfo"]["endCursor"] if records["pageInfo"]["hasNextPage"] else None,
        "seal": data["auditSeal"],
        "subject": asked.one("subject"),
    }


def _verified(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    del asked
    return {"found": data["verifyRecords"]}


def _start(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    del path
    return {"regions": forms.texts(form, "regions") or None}


def _stop(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    del path
    return {"regions": forms.texts(form, "regions")}


def _override(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    return {"runId": path["run"], "reason": forms.text(form, "reason")}


def _replay(path: Mapping[str, str], form: FormData) -> dict[str, Any]:
    del path
    return {"region": forms.text(form, "region")}


PAGES: Final = (
    Page("/sync", Words("同步", "Sync"), "sync", "sync", view=_sync, in_menu=True),
    Page("/sync/live", Words("正在进行", "Under way"), "sync_live", "sync_live", section="/sync", view=_live),
    Page(
        "/sync/quarantine",
        Words("隔离的行", "Set aside"),
        "quarantine",
        "quarantine",
        section="/sync",
        variables=_asked_rows,
        view=_rows,
    ),
    Page(
        "/system",
        Words("系统", "System"),
        "system",
        "system",
        ORGANISER,
        variables=_asked_record,
        view=_system,
        in_menu=True,
    ),
    Page("/system/verify", Words("核对记录", "Verify"), "verify", "verify", ORGANISER, "/system", view=_verified),
)
ACTS: Final = (
    Act(
        "/sync/start",
        "start_pull",
        Words("拉取已启动", "pulls are started"),
        _start,
        "/sync",
        _STARTERS,
    ),
    Act(
        "/sync/stop",
        "stop_pull",
        Words("拉取将在下一次写入时停止", "pulls stop at their next write"),
        _stop,
        "/sync",
        _STARTERS,
    ),
    Act(
        "/sync/guard/{run}/override",
        "override_guard",
        Words("已放行一次，下一次拉取生效", "let pass once; the next pull does it"),
        _override,
        "/sync",
    ),
    Act(
        "/sync/quarantine/replay",
        "replay_quarantine",
        Words("已用现行映射重试", "tried again with the mapping as it is now"),
        _replay,
        "/sync/quarantine",
        _STARTERS,
    ),
)

"""What everybody may read without a key: lists that are laid open, as JSON and as an Atom feed, and the way to object; the
page is the console's. Names of entries and organisations only; no person, no number of an entry. Of a list that was returned
or withdrawn it says so and shows no names any more.
"""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from gateway.facts import region_types
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from schema.provenance import CHINA
from sync import objections, publicity
from sync.objections import Filing
from sync.publicity import Window
from sync.repository.audit import AuditStore
from sync.tables import PublicityRow

router = APIRouter()
_ATOM: Final = "http://www.w3.org/2005/Atom"
_STOPPED: Final = "名单已不再有效，公示中止 / stopped: the list does not count any more"
_LARGEST: Final = 64 * 1024  # bytes of an objection


_Words = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]  # PostgreSQL stores no text with a NUL in it


class _Objection(BaseModel):
    """What a body holds; whether it will do is for `sync.objections` to say."""

    model_config = ConfigDict(extra="forbid")

    rank: int
    objector: _Words
    contact: _Words
    grounds: _Words
    evidence: list[_Words]


async def windows_of(request: Request) -> list[Window]:
    """Every window, newest first."""
    hub: Hub = request.app.state.hub

    def work() -> list[Window]:
        with hub.database.read() as session:
            return publicity.windows(session)

    return await asyncio.to_thread(work)


Windows = Annotated[list[Window], Depends(windows_of)]


@router.get("/publicity.json")
async def as_json(request: Request, windows: Windows) -> JSONResponse:
    """The same for machines."""
    now = request.app.state.hub.now()
    return JSONResponse({"windows": [_told(each, now) for each in windows]})


@router.get("/publicity/feed.atom")
async def feed(windows: Windows) -> Response:
    """One entry a window, by RFC 4287."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    newest = max(map(_changed_at, windows), default=None)
    for name, text in (
        ("id", "urn:dexhub:publicity"),
        ("title", "推荐名单公示 / Recommended lists laid open"),
        ("updated", (newest or datetime(2025, 1, 1, tzinfo=CHINA)).astimezone(CHINA).isoformat()),
    ):
        ET.SubElement(root, f"{{{_ATOM}}}{name}").text = text
    ET.SubElement(ET.SubElement(root, f"{{{_ATOM}}}author"), f"{{{_ATOM}}}name").text = "全国大赛组委会"
    for each in windows:
        row = each.row
        entry = ET.SubElement(root, f"{{{_ATOM}}}entry")
        ET.SubElement(entry, f"{{{_ATOM}}}id").text = f"urn:dexhub:publicity:{row.id}"
        ET.SubElement(
            entry, f"{{{_ATOM}}}title"
        ).text = f"{each.issuer_name}：{_span(row)}{'' if each.stopped_at is None else f'（{_STOPPED}）'}"
        ET.SubElement(entry, f"{{{_ATOM}}}updated").text = _changed_at(each).astimezone(CHINA).isoformat()
        ET.SubElement(entry, f"{{{_ATOM}}}link", href="/publicity")
        names = "\n".join(f"{name['rank']}. {name['title']}（{name['organisation']}）" for name in each.shown)
        ET.SubElement(entry, f"{{{_ATOM}}}content", type="text").text = names or _STOPPED
    return Response(ET.tostring(root, encoding="utf-8", xml_declaration=True), media_type="application/atom+xml")


@router.post("/publicity/{window}/objections")
async def object_to(window: str, request: Request) -> JSONResponse:
    """An objection, by real name and with evidence; 201 with its number and the newest seal of the record."""
    hub: Hub = request.app.state.hub
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST:
            raise RequestError(_too_large(), status=413)
    try:
        said = _Objection.model_validate_json(body)
    except ValidationError as error:
        raise RequestError([_malformed(each["loc"]) for each in error.errors(include_input=False)]) from None
    filing = Filing(
        window.replace("\0", ""), said.rank, said.objector, said.contact, said.grounds, tuple(said.evidence)
    )

    def work() -> dict[str, Any]:
        row = objections.file(hub.database, filing, filed_by="public", now=hub.now())
        with hub.database.read() as session:
            seal = AuditStore(session).newest_seal()
        return {
            "objection": row.id,
            "status": row.status,
            "filedAt": row.filed_at.astimezone(CHINA).isoformat(),
            "seal": str(seal) if seal else None,
        }

    return JSONResponse(await asyncio.to_thread(work), status_code=201)


def _changed_at(window: Window) -> datetime:
    return window.stopped_at or window.row.opened_at


def _told(window: Window, now: datetime) -> dict[str, Any]:
    row = window.row
    return {
        "id": row.id,
        "region": region_types()[row.region].name,
        "issuer": window.issuer_name,
        "openedAt": row.opened_at.astimezone(CHINA).isoformat(),
        "closesAt": row.closes_at.astimezone(CHINA).isoformat(),
        "open": window.is_open(now),
        "stoppedAt": window.stopped_at.astimezone(CHINA).isoformat() if window.stopped_at else None,
        "rule": {"zh": row.rule_zh, "en": row.rule_en},
        "names": [{key: value for key, value in each.items() if key != "entry"} for each in window.shown],
    }


def _span(row: PublicityRow) -> str:
    return " — ".join(f"{each.astimezone(CHINA):%Y-%m-%d %H:%M}" for each in (row.opened_at, row.closes_at))


def _too_large() -> Problem:
    return Problem(
        "BODY_INVALID", "body", "内容过大", "the body is too large", None,
        f"至多 {_LARGEST // 1024} KB；大件证据请给出链接", f"at most {_LARGEST // 1024} kB; link to large evidence",
    )  # fmt: skip


def _malformed(place: tuple[int | str, ...]) -> Problem:
    return Problem(
        "BODY_INVALID", ".".join(map(str, place)) or "body", "缺少或格式有误", "missing or of the wrong form",
        remedy_zh="须为 JSON：rank, objector, contact, grounds, evidence[]",
        remedy_en="JSON with rank, objector, contact, grounds, evidence[]",
    )  # fmt: skip

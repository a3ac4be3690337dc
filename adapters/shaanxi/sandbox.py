"""The Shaanxi dialect from the other side: the daily workbook, and the same table as GB 18030 text."""

import asyncio
import base64
import csv
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any, ClassVar, Final

import orjson
from aiohttp import web
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from adapters.base import Adapter
from adapters.sandbox.platform import Platform
from adapters.sandbox.profile import Profile, label_of, profile
from adapters.sandbox.registrations import Company, Registration
from adapters.shaanxi.payload import GROUPS, HEADINGS, REPRESENTATIVES
from schema.provenance import CHINA

_FIGURES: Final = frozenset({"赛道序号", "赛题序号", "评分"})  # figures in the workbook, as a spreadsheet keeps them
_KINDS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=gb18030",
}


class SandboxPlatform(Platform):
    """Two files, built when first asked for and kept until an entry changes."""

    SPOIL: ClassVar = {
        "unknown_stage": ("当前阶段", "复议中"),
        "unknown_topic": ("赛题序号", "99"),
        "no_title": ("项目名称", ""),
        "bad_time": ("报名时间", "2025年13月40日"),
        "new_field": (
            "2024年获奖情况",
            "行业赛获奖",
        ),  # a table has no field for one row; a new word in a closed column
    }

    def __init__(self, adapter: Adapter, registrations: Iterable[Registration], secret_seed: int = 0) -> None:
        super().__init__(adapter, registrations, secret_seed)
        self._files: dict[str, tuple[str, bytes]] = {}

    @staticmethod
    def profile(adapter: Adapter) -> Profile:
        """Shaanxi's own facts, its form of ids, its host cities."""
        return profile(adapter, "SNDX{serial:06d}", ("西安", "宝鸡", "咸阳", "渭南", "延安", "汉中", "榆林"))

    def render(self, registration: Registration) -> dict[str, Any]:
        """One row of the table, as it reads once decoded."""
        rng, made = registration.rng(), registration
        lead, *partners = made.companies
        track = self.adapter.catalogue.track(made.topic.track_id)
        again = rng.random() < 0.05
        return {
            "项目编号": made.native_id,
            "项目名称": made.title,
            "项目简介": made.summary,
            "赛道序号": str(made.topic.track_number),
            "赛题序号": str(made.topic.topic_number),
            "团队名称": made.team,
            "牵头单位": lead.name,
            "统一社会信用代码": lead.credit_code,
            "单位性质": self._kind(lead),
            "联合单位": ";".join(f"{unit.name}/{unit.credit_code}/{self._kind(unit)}" for unit in partners),
            "当前阶段": label_of(self.adapter, "stage", made.stage),
            "状态": label_of(self.adapter, "status", made.status),
            "奖项": label_of(self.adapter, "award", made.award) if made.award else "",
            "评分": "" if made.score is None else f"{made.score:g}",
            "指导单位": "、".join(track.authorities) if track else "",
            "改进成效": f"较2024年新增应用单位{rng.randint(3, 60)}家，处理时长缩短{rng.randint(10, 60)}%"
            if again
            else "",
            "2024年获奖情况": "地方分赛获奖" if again else "",
            "报名时间": _minute(made.submitted_at),
            "更新时间": _minute(made.updated_at),
            "参赛代表": [
                {"姓名": person.name, "身份证号": person.id_number, "手机": person.phone, "分工": person.duty}
                for person in made.people
            ],
        }

    def cancel(self, native_id: str, at: datetime) -> None:
        """Leave the entry out: this dialect has no tombstones."""
        self.remove(native_id, at)

    def warm(self) -> None:
        """Build both files now."""
        for kind in _KINDS:
            self._file(kind)

    def routes(self) -> list[web.RouteDef]:
        """The two forms of the table."""
        return [web.get("/export/entries.{kind:xlsx|csv}", self._export)]

    def _kind(self, company: Company) -> str:
        return label_of(self.adapter, "organisation_kind", company.kind)

    def _file(self, kind: str) -> tuple[str, bytes]:
        """ETag and bytes. The tag is of the rows: the same rows give another archive at another time of day."""
        rows = self.rows()
        tag = f'"{hashlib.sha256(orjson.dumps(rows)).hexdigest()}"'
        kept = self._files.get(kind)
        if kept is None or kept[0] != tag:
            kept = (tag, _workbook(rows) if kind == "xlsx" else _text(rows))
            self._files[kind] = kept
        return kept

    async def _export(self, request: web.Request) -> web.Response:
        expected = base64.b64encode(f"dexhub:{self.secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="export"'})
        kind = request.match_info["kind"]
        tag, body = await asyncio.to_thread(self._file, kind)
        headers = {"ETag": tag, "Content-Type": _KINDS[kind]}
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers=headers)


def _minute(moment: datetime) -> str:
    """2025/6/12 9:05, Beijing time."""
    local = moment.astimezone(CHINA)
    return f"{local.year}/{local.month}/{local.day} {local.hour}:{local:%M}"


def _header() -> tuple[list[str], list[str]]:
    groups = [name for group, columns in GROUPS.items() for name in (group, *("",) * (len(columns) - 1))]
    return groups, [column for _, column in HEADINGS]


def _cells(row: dict[str, Any]) -> list[str]:
    people = dict(zip(REPRESENTATIVES, row["参赛代表"], strict=False))
    return [
        people.get(group, {}).get(column, "") if group in REPRESENTATIVES else row[column] for group, column in HEADINGS
    ]


def _text(rows: Sequence[dict[str, Any]]) -> bytes:
    out = StringIO(newline="")
    csv.writer(out).writerows((*_header(), *map(_cells, rows)))
    return out.getvalue().encode("gb18030")


def _workbook(rows: Sequence[dict[str, Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("参赛项目")
    for headings in _header():
        sheet.append(headings)
    figures = [index for index, (_, column) in enumerate(HEADINGS) if column in _FIGURES]
    for row in rows:
        cells: list[Any] = [text or None for text in _cells(row)]
        for index in figures:
            cells[index] = float(cells[index]) if cells[index] else None
        sheet.append(cells)
    first = 1
    for columns in GROUPS.values():
        last = first + len(columns) - 1
        sheet.merged_cells.add(f"{get_column_letter(first)}1:{get_column_letter(last)}1")
        first = last + 1
    out = BytesIO()
    book.save(out)
    return out.getvalue()

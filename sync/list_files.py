"""A recommended list in a file, from its bytes to a sealed version or to the clerk's own workbook with every fault marked.

Reading and validating tell their findings together, by the row of the sheet: nobody mends a file twice for what could have
been said at once. What the file is made of is `sync.workbooks`; what a list may be is `sync.lists`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import orjson

from adapters.registry import regions
from schema.audit import Seal
from schema.catalogue import national_tracks
from schema.identifiers import REGIONS
from schema.vocabulary import EntryStatus, Severity
from sync.database import Database
from sync.lists import Confirmation, Finding, ListItem
from sync.lists.submission import Push, submit
from sync.lists.validation import MOST_ITEMS
from sync.repository.browse import EntryBrowser, Sort, SortKey, Wanted
from sync.repository.entry_filter import EntryFilter
from sync.repository.keyset import Slice
from sync.scope import Scope
from sync.tables import ListRow
from sync.workbooks.columns import TEMPLATE_VERSION, folded
from sync.workbooks.confinement import confined
from sync.workbooks.findings import Mark, in_order, mark
from sync.workbooks.rows import FileRow, rank_of


@dataclass(frozen=True, slots=True)
class ListFile:
    """What a file says: items, the row of the sheet that each stands in, and what is wrong before they are validated."""

    items: tuple[ListItem, ...]
    rows: tuple[int, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class FilePush:
    """A file that is pushed: the issuer's code (a region's, or a longer one of a body below it), the file's bytes, and what
    `sync.lists.Push` knows beside its rows.
    """

    issuer: str
    body: bytes
    confirmations: Sequence[Confirmation] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What came of a file. `sealed` is None on a dry run and where anything stops the list; `repeated` says that it is the
    first answer to the same push once more, `audit_seal` is printed on the receipt.
    """

    items: int
    marks: tuple[Mark, ...]
    sealed: ListRow | None
    repeated: bool = False
    audit_seal: Seal | None = None

    @property
    def blocked(self) -> bool:
        """Whether something must be mended or confirmed first."""
        return self.sealed is None and any(mark.stops for mark in self.marks)


def read_list(body: bytes, region: str) -> ListFile:
    """The list in a file of any form; RequestError (413, 415, 422) where it holds none."""
    found = orjson.loads(confined("read", body))
    marks = [Mark.of(each) for each in found["marks"]]
    rows = [FileRow(each["row"], each["cells"]) for each in found["rows"]]
    if found["template"] is not None:
        version, code = found["template"]
        marks += _template_marks(version, code, region)
    return ListFile(tuple(_item(row, region) for row in rows), tuple(row.row for row in rows), tuple(in_order(marks)))


def push_file(
    database: Database, push: FilePush, submitted_by: str, *, dry_run: bool, now: datetime | None = None
) -> FileOutcome:
    """Read, validate and, unless it is a dry run or something stops it, seal an issuer's list."""
    file = read_list(push.body, push.issuer[:2])
    rows = Push(push.issuer, file.items, push.confirmations, push.key)
    stopped = any(mark.stops for mark in file.marks)
    outcome = submit(database, rows, submitted_by, dry_run=dry_run or stopped, now=now)
    told = {(each.row, each.column) for each in file.marks if each.stops}
    found = [_mark(finding, file.rows) for finding in outcome.findings]
    # Of a cell that could not be read validation knows only the blank that stands for it, which may look like a gap.
    unread = any(column == "rank" for _, column in told)
    found = [each for each in found if (each.row, each.column) not in told and not (unread and each.code == "RANK_GAP")]
    refused = [
        Mark(None, None, Severity.BLOCKED, p.code, p.value, p.zh, p.en, p.remedy_zh, p.remedy_en)
        for p in outcome.refusals
    ]
    marks = in_order([*refused, *file.marks, *found])
    return FileOutcome(len(file.items), tuple(marks), outcome.sealed, outcome.repeated, outcome.audit_seal)


def marked(body: bytes, marks: Sequence[Mark]) -> bytes:
    """The clerk's workbook with these findings in it; for other files a new workbook of their rows."""
    return confined("mark", body, {"marks": [each.as_dict() for each in marks]})


def region_template(database: Database | None, region: str) -> bytes:
    """The region's template; with a database, prefilled with its entries that are still in the contest."""
    from sync.workbooks.template import template  # noqa: PLC0415  openpyxl takes five megabytes, and few ask for a template

    rows: list[tuple[str, str, str]] = []
    if database is not None:
        with database.read() as session:
            active = Wanted(EntryFilter(statuses=(EntryStatus.ACTIVE,)))
            found = EntryBrowser(session, Scope(region)).listing(active, [Sort(SortKey.ID)]).rows(Slice(MOST_ITEMS))
            rows = [(row.native_id, row.title, row.national_track or "") for row in found]
    return template(regions()[region], rows)


def _item(row: FileRow, region: str) -> ListItem:
    entry, track = row.cells.get("entryId", ""), row.cells.get("nationalTrack", "")
    native = entry if ":" in entry or not entry else f"{region}:{entry}"
    title, remark = (row.cells.get(name) or None for name in ("title", "remark"))
    return ListItem(rank_of(row), native, _tracks().get(folded(track), track) or None, title, remark)


@cache
def _tracks() -> Mapping[str, str]:
    """Ids of national tracks by id, by name, and by both as the template's drop-down writes them."""
    return {
        folded(word): track.id
        for track in national_tracks()
        for word in (track.id, track.name, f"{track.id} {track.name}")
    }


def _template_marks(version: int, code: str, region: str) -> list[Mark]:
    marks = []
    if code != region:
        name = REGIONS[code].name if code in REGIONS else code
        marks.append(mark(None, None, "TEMPLATE_OF_ANOTHER_REGION", code, f"这是{name}的模板", "the template of another region",
                          "确认文件没有拿错，用本省模板填写", "check that it is the right file; use your region's template"))  # fmt: skip
    if version != TEMPLATE_VERSION:
        marks.append(mark(None, None, "TEMPLATE_OUTDATED", str(version), f"模板是第 {version} 版，现行第 {TEMPLATE_VERSION} 版；仍可读取",
                          f"template version {version}; the current one is {TEMPLATE_VERSION}; it can still be read",
                          "下次请下载新模板", "download the new one for the next list", warning=True))  # fmt: skip
    return marks


def _mark(found: Finding, rows: Sequence[int]) -> Mark:
    """A finding of validation, which counts the list's items, at the row of the sheet."""
    row = rows[found.item - 1] if found.item else None
    words = (found.zh, found.en, found.remedy_zh, found.remedy_en)
    return Mark(row, found.column, found.severity, found.code, found.value, *words, confirmed=found.confirmed)

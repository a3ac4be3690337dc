"""The workbook a region's clerks fill in: codes as text, drop-downs of national tracks, the region's own rules, and a hidden
version by which an older one is known when it comes back.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from adapters.base import Adapter
from schema.catalogue import national_tracks
from schema.quotas import quota_of, selection_of
from schema.vocabulary import ClauseKind, TrackMatch
from sync.workbooks.columns import COLUMNS, LIST_SHEET, TEMPLATE_VERSION, VERSION_SHEET
from sync.workbooks.escaping import guarded

_ROWS: Final = 1000
_RULES_SHEET: Final = "填写说明"
_HEAD: Final = PatternFill("solid", start_color="FFDCE6F1", end_color="FFDCE6F1")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_RULES: Final = (ClauseKind.QUOTA, ClauseKind.PRIORITY, ClauseKind.SUBSTITUTION, ClauseKind.PUBLICITY)
_HOW: Final = (
    ("名次 Rank", "必填。1、2、3……连续，各用一次。", "Required: 1, 2, 3 …, each once."),
    ("项目编号 Entry", "必填。省平台的项目编号，一行一个项目；已设为文本格式，请勿改为数字。",
     "Required: your platform's id of the entry, one a row; keep the cells as text."),
    ("项目名称 Title", "选填。填写后与平台登记的名称核对。", "Optional: compared with the registered title."),
    ("国家赛道 National track", "从下拉列表中选。下列赛题必填，其余留空即按对照表的建议。",
     "Choose from the list. Required for the topics below; elsewhere empty means what the crosswalk proposes."),
    ("备注 Remark", "选填，随名单保存。", "Optional, kept with the list."),
)  # fmt: skip


def template(adapter: Adapter, rows: Sequence[tuple[str, str, str]] = ()) -> bytes:
    """The region's template; `rows` prefill it with (native id, title, proposed national track's id)."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a sheet")
    sheet.title = LIST_SHEET
    tracks = [f"{track.id} {track.name}" for track in national_tracks()]
    _list_sheet(sheet, rows, dict(zip((track.id for track in national_tracks()), tracks, strict=True)))
    _rules_sheet(book.create_sheet(_RULES_SHEET), adapter)
    hidden = book.create_sheet(VERSION_SHEET)
    hidden.sheet_state = "veryHidden"
    hidden["A1"], hidden["B1"] = TEMPLATE_VERSION, adapter.manifest.code
    for number, track in enumerate(tracks, start=1):
        hidden.cell(number, 3, track)
    column = get_column_letter([each.name for each in COLUMNS].index("nationalTrack") + 1)
    choice = DataValidation("list", f"={VERSION_SHEET}!$C$1:$C${len(tracks)}", allow_blank=True)
    choice.errorTitle, choice.error = "国家赛道", "请从列表中选择 / choose from the list"
    choice.add(f"{column}2:{column}{_ROWS + 1}")
    rank = DataValidation("whole", operator="between", formula1="1", formula2=str(_ROWS), allow_blank=True)
    rank.errorTitle, rank.error = "名次", "填写 1、2、3…… / give 1, 2, 3 …"
    rank.add(f"A2:A{_ROWS + 1}")
    sheet.add_data_validation(choice)
    sheet.add_data_validation(rank)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _list_sheet(sheet: Worksheet, rows: Sequence[tuple[str, str, str]], tracks: dict[str, str]) -> None:
    for index, column in enumerate(COLUMNS, start=1):
        letter = get_column_letter(index)
        head = sheet.cell(1, index, f"{column.zh}{'（必填）' if column.required else ''} {column.en}")
        head.font, head.fill, head.alignment = Font(bold=True), _HEAD, _WRAPPED
        sheet.column_dimensions[letter].width = column.width
        if column.name != "rank":
            sheet.column_dimensions[letter].number_format = "@"
    for row, (entry, title, track) in enumerate(rows, start=2):
        for name, text in (("entryId", entry), ("title", title), ("nationalTrack", tracks.get(track, ""))):
            cell = sheet.cell(row, [column.name for column in COLUMNS].index(name) + 1, guarded(text))
            cell.data_type, cell.number_format = "s", "@"
    sheet.freeze_panes = "A2"


def _rules_sheet(sheet: Worksheet, adapter: Adapter) -> None:
    """How each column is filled in, and what the region's own notice says of recommending, in its own words."""
    notice, quota = adapter.catalogue.facts.notice, quota_of(selection_of(adapter.catalogue.facts))
    open_topics = [
        f"{track.number_printed} {track.name}：{topic.number_printed} {topic.title}"
        for track, topic in adapter.catalogue.topics()
        if topic.match in (TrackMatch.AMBIGUOUS, TrackMatch.NONE)
    ]
    lines: list[tuple[str, str]] = [
        ("填写说明 How to fill it in", f"{notice.title}（{adapter.manifest.name}）"),
        *((name, f"{zh}\n{en}") for name, zh, en in _HOW),
        ("名额 Quota", f"{quota.total}。{quota.reason_zh}\n{quota.total}: {quota.reason_en}"),
        *(("须申报国家赛道的赛题 Topics that need one", topic) for topic in open_topics),
        *(
            (f"通知规定 {clause.locator}", clause.text)
            for clause in adapter.catalogue.book.clauses
            if clause.kind in _RULES
        ),
    ]
    for number, (what, text) in enumerate(lines, start=1):
        for column, words in enumerate((what, text), start=1):
            cell = sheet.cell(number, column, guarded(words))
            cell.alignment, cell.data_type = _WRAPPED, "s"
        sheet.cell(number, 1).font = Font(bold=True)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 110
    sheet.cell(1, 2).font = Font(bold=True, size=14)

"""A clerk of the demo who works with Excel: fills in the template, gets it back marked, mends it, and hands it in again."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from gateway.auth import Viewer
from gateway.cli.console import out
from gateway.hub import Hub
from sync.list_files import FileOutcome, FilePush, marked, push_file, region_template
from sync.lists import Confirmation
from sync.workbooks.columns import COLUMNS, LIST_SHEET

_COLUMN = {column.name: number for number, column in enumerate(COLUMNS, start=1)}
_TOP = 2  # the row under the headings


class Clerk:
    """One workbook and whoever has it open."""

    def __init__(self, hub: Hub, viewer: Viewer, code: str, reason: str) -> None:
        self._hub, self._viewer, self._code, self._reason = hub, viewer, code, reason
        self._book = openpyxl.load_workbook(io.BytesIO(region_template(None, code)))

    @property
    def _sheet(self) -> Worksheet:
        return self._book[LIST_SHEET]

    def fill_in(self, items: Sequence[dict[str, Any]]) -> None:
        """Write the rows of a list under the headings, ids as the region itself writes them."""
        for item in items:
            for name, value in item.items():
                self.write(item["rank"], name, value.partition(":")[2] if name == "entryId" else value)

    def write(self, rank: int, column: str, value: object) -> None:
        """Write one cell of a row that stands in order of rank."""
        self._sheet.cell(_TOP + rank - 1, _COLUMN[column]).value = value  # type: ignore[assignment]

    def hand_in(self) -> FileOutcome:
        """Upload the workbook; where it comes back marked, the clerk goes on with that."""
        made = io.BytesIO()
        self._book.save(made)
        push = FilePush(self._code, made.getvalue(), [Confirmation(self._reason)])
        outcome = push_file(self._hub.database, push, self._viewer.name, dry_run=False, now=self._hub.now())
        if outcome.blocked:
            self._book = openpyxl.load_workbook(io.BytesIO(marked(push.body, outcome.marks)))
            cells = sum(cell.comment is not None for row in self._sheet.iter_rows() for cell in row)
            out.print(
                f"{self._code}：工作簿未收，退回本人的工作簿，标注 {cells} 处 / workbook not taken, came back with marks"
            )
        return outcome

    def hand_in_with_a_slip(self, rank: int) -> FileOutcome:
        """Mistype an id, see it marked, mend the marked workbook and hand that in."""
        right = self._sheet.cell(_TOP + rank - 1, _COLUMN["entryId"]).value
        self.write(rank, "entryId", f"{right}0")
        self.hand_in()
        self.write(rank, "entryId", right)
        return self.hand_in()

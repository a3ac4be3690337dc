"""Exports for whoever asks: as a file, over HTTP or on the command line, or as lines while they are made."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gateway.exports.conditions import Conditions
from gateway.exports.contents import CONTENTS, WHOLE
from gateway.exports.lines import entry_lines, entry_pages
from schema.errors import Problem, RequestError, redact
from sync.database import Database
from sync.scope import EVERYTHING, Scope
from sync.workbooks.tables import WRITERS

LINES: Final = ("entries", "ndjson")  # what there is as lines, and their form
_TITLE: Final = "参赛项目"


def write(database: Database, scope: Scope, what: str, form: str, pairs: Iterable[tuple[str, str]], file: Path) -> str:
    """Write `what` as `form` into `file`; the table's title. RequestError where there is no such export or filter."""
    if (what, form) == LINES:
        with file.open("wb") as target:
            for page in entry_pages(database, scope, Conditions.of(what, pairs)):
                target.writelines(entry_lines(page))
        return _TITLE
    if what not in CONTENTS or form not in WRITERS:
        known = [*(f"{each}.{kind}" for each in CONTENTS for kind in WRITERS), ".".join(LINES)]
        raise RequestError(
            Problem("EXPORT_UNKNOWN", "export", "没有这种导出", "no such export", redact(f"{what}.{form}"),
                    "可用：" + "、".join(known), f"one of {', '.join(known)}"),
            status=404,
        )  # fmt: skip
    asked = Conditions.of(what, pairs)
    with database.read(EVERYTHING if what in WHOLE else scope) as session:
        table = CONTENTS[what](session, scope, asked)
        WRITERS[form](table, file)
    return table.title

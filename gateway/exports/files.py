"""Writes an export to a file, for whoever asks: over HTTP or on the command line."""

from collections.abc import Iterable
from pathlib import Path

from gateway.exports.conditions import Conditions
from gateway.exports.contents import CONTENTS, WHOLE
from schema.errors import Problem, RequestError, redact
from sync.database import Database
from sync.scope import EVERYTHING, Scope
from sync.workbooks.tables import WRITERS


def write(database: Database, scope: Scope, what: str, form: str, pairs: Iterable[tuple[str, str]], file: Path) -> str:
    """Write `what` as `form` into `file`; the table's title. RequestError where there is no such export or filter."""
    if what not in CONTENTS or form not in WRITERS:
        raise RequestError(
            Problem("EXPORT_UNKNOWN", "export", "没有这种导出", "no such export", redact(f"{what}.{form}"),
                    "可用：" + "、".join(f"{each}.{kind}" for each in CONTENTS for kind in WRITERS),
                    f"one of {', '.join(CONTENTS)}, as {' or '.join(WRITERS)}"),
            status=404,
        )  # fmt: skip
    asked = Conditions.of(what, pairs)
    with database.read(EVERYTHING if what in WHOLE else scope) as session:
        table = CONTENTS[what](session, scope, asked)
        WRITERS[form](table, file)
    return table.title

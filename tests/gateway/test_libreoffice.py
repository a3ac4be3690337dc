"""Every workbook that the hub writes opens in LibreOffice, which without a window refuses what it would have to repair, and
holds there what it held here.
"""

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import orjson
import pytest

from adapters.registry import regions
from gateway.exports.contents import CONTENTS
from gateway.exports.files import write
from schema.vocabulary import Register
from sync import application_table, register_files
from sync.database import Database
from sync.list_files import FilePush, marked, push_file, read_list, region_template
from sync.lists import Confirmation
from sync.scope import EVERYTHING

pytestmark = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed: scripts/libreoffice.sh"
)
TEMPLATES = [f"template-{code}" for code in regions()]
REGISTERS = [f"register-{each}" for each in Register]
EXPORTS = [f"export-{what}" for what in CONTENTS]
MARKED = ["marked-workbook", "marked-text"]
NAMES = [*TEMPLATES, "template-with-entries", *REGISTERS, "applications", *EXPORTS, *MARKED]


def faulty(database: Database) -> bytes:
    """A filled-in template of which every second row is wrong."""
    book = openpyxl.load_workbook(io.BytesIO(region_template(database, "41")))
    for row in range(2, book["推荐名单"].max_row + 1):
        book["推荐名单"].cell(row, 1, row - 1 if row % 2 else "甲")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def opened(sqlite_backend, items, tmp_path_factory) -> dict[str, tuple[Path, Path]]:
    """Each workbook by name: as we wrote it, and as LibreOffice saved it again."""
    folder = tmp_path_factory.mktemp("ours")
    database = Database(sqlite_backend.new("filled"))
    for code in regions():
        (folder / f"template-{code}.xlsx").write_bytes(region_template(None, code))
        push = FilePush(code, orjson.dumps(items(code)), [Confirmation("已核实")])
        assert push_file(database, push, "省组委会", dry_run=False).sealed is not None
    (folder / "template-with-entries.xlsx").write_bytes(region_template(database, "41"))
    for each in Register:
        (folder / f"register-{each}.xlsx").write_bytes(register_files.template(each))
    (folder / "applications.xlsx").write_bytes(application_table.template())
    for what in CONTENTS:
        write(database, EVERYTHING, what, "xlsx", [], folder / f"export-{what}.xlsx")
    for name, body in (
        (MARKED[0], faulty(database)),
        (MARKED[1], "名次,项目编号,备注\n一,甲,=1+1\n2,,@\n".encode("gb18030")),
    ):
        outcome = push_file(database, FilePush("41", body), "省组委会", dry_run=True)
        (folder / f"{name}.xlsx").write_bytes(marked(body, outcome.marks))
    database.close()
    (folder / "broken.xlsx").write_bytes((folder / "export-entries.xlsx").read_bytes()[:-1000])
    out, profile = tmp_path_factory.mktemp("theirs"), tmp_path_factory.mktemp("profile")
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to",
        "xlsx",
        "--outdir",
        out,
    ]
    subprocess.run([*command, *folder.glob("*.xlsx")], check=True, capture_output=True, timeout=300)
    return {name: (folder / f"{name}.xlsx", out / f"{name}.xlsx") for name in [*NAMES, "broken"]}


def cells(file: Path) -> dict[str, dict[str, object]]:
    """Every cell of every sheet that holds something."""
    book = openpyxl.load_workbook(file)
    return {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
        }
        for sheet in book.worksheets
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_of_ours_opens_and_reads_back_equal(opened, name) -> None:
    ours, theirs = opened[name]
    assert cells(theirs) == cells(ours)


def test_what_must_be_repaired_does_not_open(opened) -> None:
    assert opened["broken"][1].exists() is False


@pytest.mark.parametrize("name", MARKED)
def test_a_marked_workbook_saved_there_is_read_as_the_same_list(opened, name) -> None:
    ours, theirs = (read_list(file.read_bytes(), "41") for file in opened[name])
    assert theirs == ours


@pytest.mark.parametrize("name", MARKED)
def test_comments_of_a_marked_workbook_are_there(opened, name) -> None:
    ours, theirs = (
        {cell.coordinate: cell.comment.text for row in openpyxl.load_workbook(file)["推荐名单"].iter_rows()
         for cell in row if cell.comment} for file in opened[name]
    )  # fmt: skip
    assert (theirs, len(ours) > 0) == (ours, True)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_drop_down_of_a_template_is_there(opened, name) -> None:
    rules = [
        {
            str(each.sqref): each.type
            for each in openpyxl.load_workbook(file)["推荐名单"].data_validations.dataValidation
        }
        for file in opened[name]
    ]
    assert rules == [{"A2:A1001": "whole", "D2:D1001": "list"}] * 2

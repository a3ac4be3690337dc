"""Exports on the command line."""

import openpyxl
import pytest


def test_a_table_is_written_into_a_file_of_the_form_its_name_says(dexhub, at, tmp_path) -> None:
    run = dexhub("export", "entries", tmp_path / "项目.XLSX", "--filter", "regions=41")
    sheet = openpyxl.load_workbook(tmp_path / "项目.XLSX").active
    assert (run.code, {cell.value for cell in sheet["B"][1:]}) == (0, {"河南"})


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("planets", "a.csv"), "EXPORT_UNKNOWN"), (("entries", "a.txt"), "EXPORT_UNKNOWN"),
     (("entries", "a.csv", "--filter", "regions"), "FILTER_INVALID"), (("cases", "a.csv", "--filter", "kinds=X"), "FILTER_INVALID")],
)  # fmt: skip
def test_what_cannot_be_exported_is_refused(dexhub, at, arguments, code) -> None:
    run = dexhub("export", *arguments)
    assert (run.code, run.problems) == (2, [code])

"""The page of error codes is what the code says."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
made = runpy.run_path(str(ROOT / "scripts" / "error_codes.py"))


def test_the_page_of_error_codes_is_current() -> None:
    assert (ROOT / "docs" / "errors.md").read_text("utf-8") == made["page"]()


def test_the_page_has_codes_of_every_layer_however_they_are_carried() -> None:
    found = set(re.findall(r"^\| `([A-Z_]+)`", made["page"](), re.MULTILINE))
    carried = {
        "REGION_UNKNOWN", "FIELD_MISSING", "CREDIT_CODE_INVALID", "INPUTS_CHANGED", "FORBIDDEN", "INTERNAL", "CURSOR_EXPIRED",
        "NATIVE_FIELDS_UNAVAILABLE", "CELL_FORMULA", "PLATFORM_UNREACHABLE",
    }  # fmt: skip
    assert carried - found == set()


def test_every_code_has_words_in_both_languages() -> None:
    rows = re.findall(r"^\| `[A-Z_]+` \| (.+?) \| (.+?) \| \S", made["page"](), re.MULTILINE)
    assert [row for row in rows if not re.search("[\u4e00-\u9fff]", row[0])] == []

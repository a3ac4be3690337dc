"""Text that a spreadsheet must not take for anything else: a formula above all, in CSV also a number or a date.

What a province's platform sent may begin like a formula (=, +, -, @, a tab, a line end, their wide forms): it gets an
apostrophe in front, the spreadsheets' own sign for "this is text". In CSV, where cells have no format, so does text made of
digits: a credit code would lose its last digits, an id its leading zeros. `plain` takes away exactly what was put there.
"""

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_FORMULA_OR_NUMBER: Final = re.compile(r"'*(?:[=+\-@\t\r\n＝＋－＠]|\d[\d\-/.:,eE%]*\Z)")


def guarded(text: str) -> str:
    """Text as a workbook may hold it, in a cell formatted as text: a number needs no apostrophe there, but one that it has would be
    taken for ours.
    """
    return f"'{text}" if _FORMULA.match(text) or plain(text) != text else text


def guarded_csv(text: str) -> str:
    """Text as a CSV file may hold it."""
    return f"'{text}" if _FORMULA_OR_NUMBER.match(text) else text


def plain(text: str) -> str:
    """What was guarded, by either of the two."""
    return text[1:] if text.startswith("'") and _FORMULA_OR_NUMBER.match(text) else text

"""The figures of a text, each with the unit that follows, however they are written: 320家, ３２０ 家, 三百二十家; 18%, 百分之十八.

The ten thousands (万, 亿) stay what they are in writing, the unit of what stands before them.
"""

import re
import unicodedata
from typing import Final

_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_SIGN: Final = "[零一二两三四五六七八九十百千]"
_PART: Final = "(?:点[零〇一二三四五六七八九]+)?"
# One sign alone is more often a word than a figure (一个, 百姓), so it takes two, or 百分之 before it.
_IN_WORDS: Final = re.compile(f"百分之{_SIGN}+{_PART}|(?={_SIGN}?[十百千点]){_SIGN}+{_PART}")
_YEAR: Final = re.compile(r"[〇零一二三四五六七八九]{4}(?=年)")
_LIKELY: Final = re.compile("[一二两三四五六七八九十][一二三四五六七八九十百千点〇零]|百分之")  # most texts have none
_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?(?:[ \u3000]*[^\W\d_])?")


def figures(text: str) -> list[str]:
    """All of them, in order.

    >>> figures("带动三百二十家农户，烂果率由18%降到百分之六点五，投入2.4 万元")
    ['320家', '18', '6.5', '2.4万']
    """
    if _LIKELY.search(text):
        text = _YEAR.sub(lambda found: "".join(str(_DIGITS[sign]) for sign in found[0]), text)
        text = _IN_WORDS.sub(_in_digits, text)
    found = _FIGURE.findall(text)  # evened out together, since most of the cost is in calling
    return unicodedata.normalize("NFKC", "\n".join(found)).replace(" ", "").split("\n") if found else []


def _in_digits(found: re.Match[str]) -> str:
    share, text = found[0].startswith("百分之"), found[0].removeprefix("百分之")
    if len(text) == 1 and not share:
        return text
    whole, _, part = text.partition("点")
    total = digit = 0
    for sign in whole:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    written = str(total + digit)
    if part:
        written += "." + "".join(str(_DIGITS[sign]) for sign in part)
    return written + "%" if share else written

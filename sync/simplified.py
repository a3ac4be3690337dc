"""Simplified characters for traditional ones."""

from functools import cache
from typing import Final

import opencc

HAN: Final = range(0x3400, 0xA000)  # ideographs and extension A; what lies beyond is too rare to have variants


@cache
def simplified() -> dict[int, str]:
    """Simplified form by code point, from OpenCC's table of characters (not of phrases: places must not shift)."""
    characters = [chr(code) for code in HAN]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(old): new for old, new in zip(characters, converted, strict=True) if len(new) == 1}

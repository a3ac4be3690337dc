"""Forgets what a typist may vary: width, case, traditional characters, the sign ×, punctuation; and, as a second form,
which of several characters with one sound was typed.

Every character goes to one character, so that whole corpora are folded by looking up one array.
"""

import runpy
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from sync.simplified import HAN, simplified

Codes = npt.NDArray[np.uint32]

BREAK: Final = 0  # what takes the place of a sign that is no letter, digit or ideograph
_TIMES: Final = (
    "×✕✖⨯╳乘"  # written for the sign in the contest's own name; “x” and “X” are letters and fold by themselves
)
_SYLLABLES: Final = 0xE000  # first code point of Unicode's private use area: one per toneless syllable
_UNICODE: Final = 0x110000


def _fold_one(code: int) -> int:
    normal = unicodedata.normalize("NFKC", chr(code)).casefold()
    # A ligature or a unit in one sign becomes its first letter: it must stay one character, and it is the same in both.
    character = normal[0] if normal else ""
    if character in _TIMES:
        return ord("x") if character else BREAK
    character = simplified().get(ord(character), character)
    return ord(character) if character.isalnum() else BREAK


@cache
def folding_table() -> Codes:
    """For each code point the one it is read as; `BREAK` for signs and emoji."""
    table = np.arange(_UNICODE, dtype=np.uint32)
    for code in chain(range(HAN.start), range(0xF900, 0x10000)):
        table[code] = _fold_one(code)
    for old, new in simplified().items():
        table[old] = ord(new)
    table[0xA000:0xAC00] = table[0xD7A4:0xF900] = BREAK  # scripts of no use here, surrogates and private use
    table[ord("乘")] = ord("x")
    table[0x10000:0x20000] = BREAK  # emoji and historic scripts; ideographs begin above
    table[0x40000:] = BREAK
    return table


@cache
def _readings() -> dict[int, str]:
    """The readings of pypinyin by code point. Its file is read alone: the package would load a table of phrases as well."""
    found = find_spec("pypinyin")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pypinyin")
    readings: dict[int, str] = runpy.run_path(str(Path(found.origin).with_name("pinyin_dict.py")))["pinyin_dict"]
    return readings


def _toneless(readings: str) -> str:
    first = readings.partition(",")[0]
    return "".join(sign for sign in unicodedata.normalize("NFD", first) if sign.isascii() and sign.isalpha())


@cache
def sounding_table() -> Codes:
    """As `folding_table`, and ideographs as the syllable of their most common reading, without tone."""
    table = np.arange(_UNICODE, dtype=np.uint32)
    syllables: dict[str, int] = {}
    for code, readings in sorted(_readings().items()):
        if code in HAN:
            table[code] = syllables.setdefault(_toneless(readings), _SYLLABLES + len(syllables))
    return table[folding_table()]


def codes_of(texts: Sequence[str]) -> tuple[Codes, npt.NDArray[np.int64]]:
    """The code points of all texts, one after the other, and the end of each."""
    joined = "".join(texts).encode("utf-32-le", "replace")
    return np.frombuffer(joined, np.uint32), np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))


def without_breaks(codes: Codes, ends: npt.NDArray[np.int64]) -> tuple[Codes, npt.NDArray[np.int64]]:
    """The same texts without their breaks."""
    kept = codes != BREAK
    return codes[kept], np.concatenate((np.zeros(1, np.int64), np.cumsum(kept)))[ends]


def texts_of(codes: Codes, ends: npt.NDArray[np.int64]) -> list[str]:
    """Texts back from codes, without their breaks."""
    kept, places = without_breaks(codes, ends)
    text = kept.astype("<u4").tobytes().decode("utf-32-le")
    stops = places.tolist()
    return [text[start:end] for start, end in zip(chain((0,), stops), stops, strict=False)]


class _Translation(dict[int, int | None]):
    """The folding table as `str.translate` reads it, filled as characters are met; faster for single short texts."""

    def __missing__(self, code: int) -> int | None:
        folded = int(folding_table()[code])
        self[code] = None if folded == BREAK else folded
        return self[code]


_TRANSLATION: Final = _Translation()


def fold(text: str) -> str:
    """One text as it is compared.

    >>> fold("數據要素×交通 Ｘ平台（Ａ）")
    '数据要素x交通x平台a'
    """
    return text.translate(_TRANSLATION)

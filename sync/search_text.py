"""What text search compares: every whitespace-separated word of the question occurs in the normalised text of the entry.

Normalised is NFKC, small letters, simplified characters, the sign × as x; so what is found does not depend on the database. To
look words up, both databases know trigrams only, and most Chinese words have two characters. So a text is kept *spread*, with
a capital X, which no normalised text has, around each of its characters: “数据” becomes “X数X据X”. There a single character is
a trigram (X数X), and so is a pair (数X据): one index finds words of every length.
"""

import unicodedata
from typing import Final

from sync.simplified import simplified

SIGN: Final = "X"


class _Folding(dict[int, str]):
    """What each character is read as once it is NFKC, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        small = "x" if chr(code) == "×" else chr(code).casefold()
        self[code] = "".join(simplified().get(ord(each), each) for each in small)
        return self[code]


_FOLDING: Final = _Folding()


def in_full(text: str) -> str:
    """Text as it is compared, with its spaces as they are."""
    return unicodedata.normalize("NFKC", text).translate(_FOLDING)


def normalised(text: str) -> str:
    """Text as it is compared; words are parted by single spaces.

    >>> normalised("數據要素×交通　Ｘ平台（Ａ）")
    '数据要素x交通 x平台(a)'
    """
    return " ".join(in_full(text).split())


def words(text: str) -> tuple[str, ...]:
    """The words that a question asks for, each once."""
    return tuple(dict.fromkeys(normalised(text).split()))


def spread(text: str) -> str:
    """A normalised text as it is kept.

    >>> spread("数据")
    'X数X据X'
    """
    return SIGN.join(["", *text, ""]) if text else SIGN


def sought(word: str) -> str:
    """What occurs in a spread text exactly where the word occurs in the text.

    >>> [sought(word) for word in ("数", "数据")]
    ['X数X', '数X据']
    """
    return spread(word) if len(word) == 1 else SIGN.join(word)


def grams(word: str) -> tuple[str, ...]:
    """The trigrams by which an index finds the texts that may hold a word: its pairs of characters, or the only one. For words
    of one and two characters, that they do is certain.

    >>> grams("数据库")
    ('数X据', '据X库')
    """
    if len(word) == 1:
        return (sought(word),)
    return tuple(dict.fromkeys(sought(word[start : start + 2]) for start in range(len(word) - 1)))

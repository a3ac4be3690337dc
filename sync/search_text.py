"""What text search compares: every whitespace-separated word of the question occurs in the normalised text of the entry.

Normalised is NFKC, small letters, simplified characters, the sign × as x; so what is found does not depend on the database. To
look words up, both databases know trigrams only, and most Chinese words have two characters. So a text is kept *spread*, with
a capital X, which no normalised text has, around each of its characters: “数据” becomes “X数X据X”. There a single character is
a trigram (X数X), and so is a pair (数X据): one index finds words of every length.
"""

import unicodedata
from typing import Final

from sync.duplicates.folding import simplified

_SIGN: Final = "X"
_TIMES: Final = {ord("×"): "x"}


def normalised(text: str) -> str:
    """Text as it is compared; words are parted by single spaces.

    >>> normalised("數據要素×交通　Ｘ平台（Ａ）")
    '数据要素x交通 x平台(a)'
    """
    folded = unicodedata.normalize("NFKC", text.translate(_TIMES)).casefold().translate(simplified())
    return " ".join(folded.split())


def words(text: str) -> tuple[str, ...]:
    """The words that a question asks for, each once."""
    return tuple(dict.fromkeys(normalised(text).split()))


def spread(text: str) -> str:
    """A normalised text as it is kept.

    >>> spread("数据")
    'X数X据X'
    """
    return _SIGN + "".join(sign + _SIGN for sign in text)


def sought(word: str) -> str:
    """What occurs in a spread text exactly where the word occurs in the text: three signs at least, as trigrams ask for.

    >>> [sought(word) for word in ("数", "数据")]
    ['X数X', '数X据']
    """
    return spread(word) if len(word) == 1 else _SIGN.join(word)

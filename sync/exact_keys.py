"""Keys by which the database looks up what is written alike: titles, team names and organisations up to spelling.

Width, case, spaces, punctuation and the sign × are forgiven and nothing else. They find what registers and clauses ask for at
once, when an entry comes in; disguised duplicates are the business of `sync.duplicates`.
"""

import re
import unicodedata

_SIGNS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Text without what a typist may vary: NFKC, small letters, × as x, no spaces or punctuation.

    >>> plain("数据要素×交通 ｘ平台（ Ａ ）")
    '数据要素x交通x平台a'
    """
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).replace("×", "x").casefold())


def organisation_key(name: str, credit_code: str | None) -> str:
    """The credit code where there is one, else the plain name."""
    return credit_code or plain(name)

"""The normal form of an organisation's name: what stays when everything that clerks write in two ways is set aside."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from sync.exact_keys import plain

_FORMER: Final = re.compile(
    r"\((?:原名?|曾用名|简称|以下简称)[::]?[^()]*\)"
)  # after NFKC brackets and colons are narrow
_SAME: Final = (("有限责任公司", "有限公司"), ("股份公司", "股份有限公司"))


@lru_cache(maxsize=20_000)  # a few thousand organisations enter, several times each
def normal_form(name: str) -> str:
    """Equal for names that differ in width, case, spaces, brackets, remarks on former names, or in how 有限公司 is written.

    Two legal persons may share a normal form, so agreement is a reason to look and never a proof.

    >>> normal_form("甲（北京）科技有限责任公司（原：乙公司）") == normal_form("甲北京科技有限公司")
    True
    """
    key = plain(_FORMER.sub("", unicodedata.normalize("NFKC", name)))
    for written, meant in _SAME:
        key = key.replace(written, meant)
    return key

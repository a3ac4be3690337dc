"""The core of an organisation's name: what is left when legal form, place, brackets and branch are taken away.

What is generic in the rest (科技, 数据) is not listed here: it weighs little because many organisations share it.
"""

import re
from functools import lru_cache
from typing import Final

from sync.duplicates.folding import fold
from sync.duplicates.places import place_at, without_outer_places

# Company Law of the PRC (2023), art. 7 and 13, and what is written for it; the longest first.
_FORM: Final = re.compile(
    r"(股份有限责任公司|有限责任公司|股份有限公司|集团有限公司|有限公司|股份公司|总公司|公司|有限合伙|普通合伙|合伙企业|事务所|集团)"
)
_BRANCH: Final = re.compile(r"(?<=公司).{1,12}?(分公司|分院|分部|分中心|事业部|办事处|营业部)$|分公司$")
# A university or an office is told from others by its place, which stays where what follows is only what it is (郑州大学).
_INSTITUTION: Final = re.compile(
    r"(大学|学院|学校|医院|中心|研究院|研究所|院|所|局|厅|委|委员会|政府|办公室|馆|站|协会|学会|社|处|队|校)$"
)
_REST: Final = 2
_NAMED: Final = 6  # characters of an institution's name that say which it is without the place
_BRACKETS: Final = re.compile(r"[(（\[【〔]([^)）\]】〕]*)[)）\]】〕]")


def _unless_place(bracket: re.Match[str]) -> str:
    inside = fold(bracket[1])
    return "" if not inside or place_at(inside, 0) == inside else inside


@lru_cache(maxsize=1 << 18)
def organisation_core(name: str) -> str:
    """The core of a name; equal for one organisation however it is written, short names apart.

    >>> organisation_core("云帆数据（长沙）股份有限公司"), organisation_core("長沙市云帆数据有限责任公司")
    ('云帆数据', '云帆数据')
    """
    folded = fold(_BRACKETS.sub(_unless_place, name))
    headquarters = _BRANCH.sub("", folded) or folded
    bare = _FORM.sub("", headquarters)
    core = without_outer_places(bare)
    if _INSTITUTION.search(folded) and len(core) < _NAMED:
        core = bare
    return core if len(core) >= _REST else folded

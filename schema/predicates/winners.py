"""Predicates on projects that won in the contest of the year before; the notices have five rules for them."""

from typing import Final, Literal

from schema.facts import NATIONAL_CONTEST, Facts, Hit
from schema.predicates.finding import Finding, Predicate, met, named, not_met, unknown
from schema.vocabulary import DocumentKind, Register

_FIELD: Final = "project"
_INPUTS: Final = frozenset({"entry.region", f"register.{Register.WINNERS_2024}"})
Contest = Literal["national", "own", "other"]  # the national final; this region's contest; another region's


def _prizes(facts: Facts, contests: tuple[Contest, ...]) -> list[Hit] | None:
    """The prizes of these contests that the project is listed with; None where nobody maintains the register. A prize of
    which the contest is not given may be of any.
    """
    hits = facts.registers.get(Register.WINNERS_2024)
    if hits is None:
        return None
    own = facts.entry.region
    where = {NATIONAL_CONTEST: "national", own: "own"}
    return [hit for hit in hits if hit.contest is None or where.get(hit.contest, "other") in contests]


def _unsettled(hits: list[Hit] | None) -> Finding | None:
    """The answer where the register gives none."""
    if hits is None:
        return unknown(
            _FIELD, "2024 年获奖项目名单尚未维护，请组委会导入", "the register of 2024 winners is not maintained"
        )
    if hits and not any(hit.certain and hit.contest for hit in hits):
        found = named(hit.listed for hit in hits)
        zh = f"疑似 2024 年获奖项目：{found}；仅名称相近或赛区不明，请核实"
        return unknown(_FIELD, zh, f"perhaps a winner of 2024: {found}; by name only, or of an unknown contest")
    return None


class NotAWinner(Predicate):
    """2024 年 … 已获奖项目不得参与, 不允许重复参赛, 原则上不可参加 (六（二）7); which contests' winners, each notice says itself.

    >>> NotAWinner(contests=("national", "own"))(known(winner="other")).verdict.value
    'MET'
    """

    contests: tuple[Contest, ...]

    @property
    def inputs(self) -> frozenset[str]:
        """The register of winners, and which region is one's own."""
        return _INPUTS

    def __call__(self, facts: Facts) -> Finding:
        """NOT_MET for a prize of the contests named."""
        hits = _prizes(facts, self.contests)
        if (answer := _unsettled(hits)) is not None:
            return answer
        found = named(hit.listed for hit in hits or () if hit.certain and hit.contest)
        if found:
            return not_met(_FIELD, f"2024 年已获奖项目不得参赛：{found}", f"a winner of 2024 may not enter: {found}")
        return met(_FIELD, "不是所列赛事的 2024 年获奖项目", "no winner of the contests named")


class WinnerImproved(Predicate):
    """2024年地方分赛已获奖项目须有明显成效提升或技术优化，方可再次报名参赛 (六(二)7).

    `statement` is the key of the region's own field in which the team says what improved. Whether the improvement is
    明显 is for people; without any statement the condition is plainly not fulfilled.

    >>> WinnerImproved(contests=("own",))(known(winner="own", documents=[])).verdict.value
    'NOT_MET'
    >>> WinnerImproved(contests=("own",))(known(winner="own", documents=["IMPROVEMENT"])).verdict.value
    'UNDETERMINED'
    """

    contests: tuple[Contest, ...]
    statement: str | None = None

    @property
    def inputs(self) -> frozenset[str]:
        """The register of winners, the papers and the statement."""
        return _INPUTS | {"documents", "entry.native"}

    def __call__(self, facts: Facts) -> Finding:
        """MET only for what won nothing there."""
        hits = _prizes(facts, self.contests)
        if (answer := _unsettled(hits)) is not None:
            return answer
        if not hits:
            return met(_FIELD, "不是 2024 年地方分赛获奖项目", "won in no regional contest of 2024")
        found = named(hit.listed for hit in hits)
        said = facts.entry.native.get(self.statement) if self.statement else None
        if said or any(paper.kind is DocumentKind.IMPROVEMENT for paper in facts.documents or ()):
            zh = f"2024 年地方分赛获奖项目（{found}），已说明成效提升或技术优化；是否明显请组委会认定"
            return unknown(_FIELD, zh, f"won in 2024 ({found}) and states an improvement; the organiser is to judge it")
        if facts.documents is None:
            zh = f"2024 年地方分赛获奖项目（{found}），须提供明显成效提升或技术优化的材料"
            return unknown(_FIELD, zh, f"won in 2024 ({found}); evidence of improvement or optimisation is needed")
        zh = f"2024 年地方分赛获奖项目（{found}）须有明显成效提升或技术优化，材料中没有"
        return not_met(_FIELD, zh, f"won in 2024 ({found}) and hands in no evidence of improvement")

"""Predicates on what is shown: papers handed in, whose they are, real application and benefit, own rights."""

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import JsonValue

from schema.facts import Facts
from schema.predicates.finding import Finding, Predicate, met, named, not_met, unknown
from schema.vocabulary import DocumentKind

_PAPERS: Final = frozenset({"documents"})
_CASES: Final = "F022"  # 已实现落地应用的代表性案例
_EFFECTS: Final = "F029"  # 项目应用成效
_BENEFIT: Final = "F073"  # （三）经济社会效益
PAPER_NAMES: Final = {
    DocumentKind.APPLICATION: "项目申报书",
    DocumentKind.QUALIFICATION: "参赛单位基本资质",
    DocumentKind.DECLARATION: "申报主体责任声明",
    DocumentKind.AUDIT: "财务审计",
    DocumentKind.CREDIT: "信用情况",
    DocumentKind.PROJECT_QUALIFICATION: "项目基本资质证明",
    DocumentKind.APPLICATION_CASE: "应用案例证明",
    DocumentKind.INTELLECTUAL_PROPERTY: "知识产权证明",
    DocumentKind.IMPROVEMENT: "成效提升材料",
    DocumentKind.OTHER: "其他材料",
}


class PapersComplete(Predicate):
    """基本资质、申报主体责任声明、财务审计、信用情况等证明材料 … 基本资质证明、应用案例证明、知识产权证明等材料.

    >>> PapersComplete(kinds=("AUDIT", "CREDIT"))(known(documents=["AUDIT"])).verdict.value
    'NOT_MET'
    """

    kinds: tuple[DocumentKind, ...]

    @property
    def inputs(self) -> frozenset[str]:
        """The papers."""
        return _PAPERS

    def __call__(self, facts: Facts) -> Finding:
        """NOT_MET with every kind that is missing."""
        if facts.documents is None:
            return unknown("documents", "未提交证明材料，无法核对", "the papers are not known")
        held = {paper.kind for paper in facts.documents}
        if missing := [PAPER_NAMES[kind] for kind in self.kinds if kind not in held]:
            return not_met("documents", f"缺少材料：{named(missing)}", f"papers missing: {named(missing)}")
        return met("documents", "所列证明材料齐全", "every paper named is there")


class OwnPapers(Predicate):
    """所有材料须为参赛单位所有，严禁使用母公司、分公司、子公司、控股公司或其他非参赛单位材料.

    >>> OwnPapers()(known(organisations=["甲公司"], documents=[["AUDIT", "甲集团公司"]])).verdict.value
    'NOT_MET'
    """

    @property
    def inputs(self) -> frozenset[str]:
        """The papers and the organisations."""
        return _PAPERS | {"entry.organisations"}

    def __call__(self, facts: Facts) -> Finding:
        """Compares each paper's owner with the organisations, white space aside."""
        units = {"".join(unit.name.split()) for unit in facts.entry.organisations}
        papers = facts.documents or ()
        foreign = [
            f"{PAPER_NAMES[p.kind]}（{p.owner}）" for p in papers if p.owner and "".join(p.owner.split()) not in units
        ]
        if foreign:
            return not_met("documents", f"材料不属于参赛单位：{named(foreign)}", f"papers of others: {named(foreign)}")
        if not papers or any(not paper.owner for paper in papers):
            zh = "材料未提交或未注明所属单位，无法核对"
            return unknown("documents", zh, "no papers, or papers of which the owner is not known")
        return met("documents", "材料均属于参赛单位", "every paper belongs to an organisation that enters")


def _figures(value: JsonValue) -> list[float]:
    """Every number inside a value."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return []
    if isinstance(value, (int, float)):
        return [float(value)]
    return [number for part in (value.values() if isinstance(value, Mapping) else value) for number in _figures(part)]


class InUse(Predicate):
    """参赛项目要求已经开展实际应用，取得或潜在具备良好的经济或社会效益; one city prints 具备 instead: achieved, not potential.

    Read from the form as the applicant states it: cases of application (F022), effects in figures (F029), 经济社会效益 (F073).
    `besides` are words of the same clause that no form shows; with them the clause is never met by a machine.

    >>> stated = {"F022": [{"应用单位名称": "甲医院"}], "F029": {"降低人力成本": 0}, "F073": "预计推广后见效"}
    >>> InUse(benefit="potential")(known(form=stated)).verdict.value, InUse(benefit="achieved")(known(form=stated)).verdict.value
    ('MET', 'NOT_MET')
    """

    benefit: Literal["achieved", "potential"]
    besides: str | None = None

    @property
    def inputs(self) -> frozenset[str]:
        """The form."""
        return frozenset({"form"})

    def __call__(self, facts: Facts) -> Finding:
        """First the cases, then the benefit."""
        form = facts.form or {}
        cases, effects, benefit = form.get(_CASES), form.get(_EFFECTS), form.get(_BENEFIT)
        if cases is not None and not cases:
            return not_met(f"form.{_CASES}", "须已开展实际应用，申报书没有落地案例", "no case of application is stated")
        figures = _figures(effects)
        shown = any(figure > 0 for figure in figures)
        claimed = isinstance(benefit, str) and bool(benefit.strip())
        if not shown and not (self.benefit == "potential" and claimed):
            if effects is None or (self.benefit == "potential" and benefit is None):
                return unknown("form", "未提供应用成效，无法核对", "the effects are not given")
            zh = "须具备经济或社会效益，所填成效均为零" if self.benefit == "achieved" else "未说明已取得或潜在的效益"
            return not_met(f"form.{_EFFECTS}", zh, f"no {self.benefit} benefit is stated")
        if cases is None:
            return unknown(f"form.{_CASES}", "未提供落地案例，无法核对", "the cases of application are not given")
        if self.besides:
            zh = f"已填报实际应用和效益；“{self.besides}”须人工核实"
            return unknown("form", zh, f"application and benefit are stated; “{self.besides}” is for people to check")
        return met("form", "已填报实际应用和效益", "application and benefit are stated")


class OwnRights(Predicate):
    """知识产权应归属参赛单位，未侵犯任何他人的 … 知识产权: that nobody's rights are infringed no register shows, so never MET.

    >>> OwnRights()(known(organisations=["甲公司"], documents=[["INTELLECTUAL_PROPERTY", "乙公司"]])).verdict.value
    'NOT_MET'
    """

    @property
    def inputs(self) -> frozenset[str]:
        """The papers and the organisations."""
        return _PAPERS | {"entry.organisations"}

    def __call__(self, facts: Facts) -> Finding:
        """NOT_MET where a right belongs to another."""
        units = {"".join(unit.name.split()) for unit in facts.entry.organisations}
        proofs = [paper for paper in facts.documents or () if paper.kind is DocumentKind.INTELLECTUAL_PROPERTY]
        if foreign := [paper.owner for paper in proofs if paper.owner and "".join(paper.owner.split()) not in units]:
            zh = f"知识产权应归属参赛单位，证明材料属于{named(foreign)}"
            return not_met("documents", zh, f"rights must be the entrants' own; the proof is of {named(foreign)}")
        zh = "知识产权归属和是否侵权须人工核实" if proofs else "未提交知识产权证明，归属和是否侵权须人工核实"
        return unknown("documents", zh, "ownership of rights and non-infringement are for people to check")

"""Predicates on the organisations that enter: legal person, lead, number, credit, organisers."""

from typing import Final, Literal

from schema.facts import Facts, Hit
from schema.identifiers import credit_code_fault
from schema.predicates.finding import Finding, Predicate, met, named, not_met, unknown
from schema.records import Organisation
from schema.vocabulary import OrganisationKind, OrganiserRole, Register

_FIELD: Final = "organisations"
_UNITS: Final = frozenset({"entry.organisations"})
# GB 32100-2015, first two signs: who registered the organisation, and as what.
_LEGAL_PERSONS: Final = frozenset({"11", "12", "13", "51", "52", "53", "91", "93"})
_NOT_LEGAL_PERSONS: Final = frozenset({"92"})  # 个体工商户: a natural person in business
# How a partnership's name must end (Partnership Enterprise Law, articles 15, 56 and 62); it is registered as an enterprise.
_PARTNERSHIPS: Final = ("普通合伙）", "有限合伙）", "普通合伙)", "有限合伙)", "合伙企业")
_ENTERPRISES: Final = frozenset({"91", "92", "93"})
_ENTERPRISE_KINDS: Final = frozenset(
    {
        OrganisationKind.CENTRAL_STATE_OWNED,
        OrganisationKind.STATE_OWNED,
        OrganisationKind.PRIVATE,
        OrganisationKind.FOREIGN,
        OrganisationKind.JOINT_VENTURE,
    }
)
OPEN_KINDS: Final = (None, OrganisationKind.OTHER)  # says nothing about what the organisation is


def authority(unit: Organisation) -> str | None:
    """The first two signs of a credit code that passes its check."""
    code = unit.credit_code
    return code[:2] if code and credit_code_fault(code) is None else None


class LegalPerson(Predicate):
    """参赛单位须是具有独立法人资格的企业、事业单位、科研院所、高校等单位 (五（一）1 or 六（一）1 of each notice).

    A branch is none (Company Law of the People's Republic of China, 2023, article 13), nor is an individual business or a
    partnership (Civil Code, articles 54 and 102); the credit code says which registry made it a legal person. `branches`
    are endings of names that only branches bear, `kinds` what the notice names, here or where it opens tracks to more;
    whether its 等 takes in another kind is a question to the organiser.

    >>> LegalPerson(kinds=("PRIVATE",), branches=("分公司",))(known(organisations=["甲公司西安分公司"])).verdict.value
    'NOT_MET'
    >>> LegalPerson(kinds=("PRIVATE",), branches=("分公司",))(known(kind="OTHER")).verdict.value
    'UNDETERMINED'
    """

    kinds: tuple[OrganisationKind, ...]
    branches: tuple[str, ...]

    @property
    def inputs(self) -> frozenset[str]:
        """Names, kinds and credit codes."""
        return _UNITS

    def __call__(self, facts: Facts) -> Finding:
        """NOT_MET by name or registry; UNDETERMINED where a credit code is missing or fails its check."""
        units = facts.entry.organisations
        codes = {unit.name: authority(unit) for unit in units}
        endings = (*self.branches, *_PARTNERSHIPS)
        none = [n for n, code in codes.items() if n.endswith(endings) or code in _NOT_LEGAL_PERSONS]
        if none:
            zh = f"须具有独立法人资格；{named(none)}为分支机构、个体工商户或合伙企业，不具有法人资格"
            en = f"must be legal persons; {named(none)}: a branch, an individual business or a partnership is none"
            return not_met(_FIELD, zh, en)
        doubtful = [n for n, code in codes.items() if code not in _LEGAL_PERSONS]
        if doubtful:
            zh = f"须具有独立法人资格；{named(doubtful)}的统一社会信用代码缺失或不足以证明，请核对登记证照"
            en = f"must be legal persons; {named(doubtful)}: credit code missing, faulty or silent; check the registration"
            return unknown(_FIELD, zh, en)
        if others := [unit.name for unit in units if unit.kind not in self.kinds]:
            zh = f"{named(others)}的单位性质未填或不在通知列举之中，是否属于“等单位”请组委会确认"
            en = f"{named(others)}: kind not given, or not one that the notice names before 等; to be confirmed"
            return unknown(_FIELD, zh, en)
        return met(_FIELD, "各参赛单位均为通知所列的独立法人", "every organisation is a legal person of a kind named")


class NamedLead(Predicate):
    """合作组队需指定一个组织为牵头参赛单位 (五（一）1 or 六（一）1 of each notice).

    >>> NamedLead()(known(organisations=["甲公司", "乙公司"])).verdict.value
    'MET'
    """

    @property
    def inputs(self) -> frozenset[str]:
        """Which organisations lead."""
        return _UNITS

    def __call__(self, facts: Facts) -> Finding:
        """NOT_MET unless exactly one leads; one alone leads itself."""
        leads = [unit.name for unit in facts.entry.organisations if unit.is_lead]
        if len(leads) == 1 or len(facts.entry.organisations) == 1:
            return met(_FIELD, "牵头参赛单位明确", "one lead organisation is named")
        zh = f"须指定一个牵头参赛单位，现有 {len(leads)} 个"
        return not_met(_FIELD, zh, f"exactly one lead organisation is asked for, there are {len(leads)}")


class MaxOrganisations(Predicate):
    """参赛单位基本信息 (单位可增加, 最多五家): part one (三) of the application form.

    >>> MaxOrganisations(at_most=5)(known(organisations=["甲", "乙", "丙", "丁", "戊", "己"])).verdict.value
    'NOT_MET'
    """

    at_most: int

    @property
    def inputs(self) -> frozenset[str]:
        """How many organisations there are."""
        return _UNITS

    def __call__(self, facts: Facts) -> Finding:
        """NOT_MET above the number."""
        count = len(facts.entry.organisations)
        zh, en = (
            f"参赛单位最多 {self.at_most} 家，现有 {count} 家",
            f"at most {self.at_most} organisations; there are {count}",
        )
        return (met if count <= self.at_most else not_met)(_FIELD, zh, en)


class NotOnRegisters(Predicate):
    """被列入 … 名单 … 的单位或个人不得参赛; which lists, each notice says itself.

    `unclear` are registers of which the notice's words do not say whether they are meant. An organisation without a credit
    code can only be looked up by name, which never clears it.

    >>> NotOnRegisters(registers=("DISHONEST_DEBTORS",))(known()).verdict.value
    'UNDETERMINED'
    """

    registers: tuple[Register, ...]
    unclear: tuple[Register, ...] = ()

    @property
    def inputs(self) -> frozenset[str]:
        """The organisations and the registers named."""
        return _UNITS | {f"register.{name}" for name in (*self.registers, *self.unclear)}

    def __call__(self, facts: Facts) -> Finding:
        """NOT_MET on a certain hit; a hit by name, an unclear list or one nobody maintains leave it open."""
        hits = [hit for name in self.registers for hit in facts.registers.get(name, ())]
        if certain := [f"{hit.subject}（{hit.listed}）" for hit in hits if hit.certain]:
            return not_met(_FIELD, f"被列入名单：{named(certain)}", f"listed: {named(certain)}")
        hits += [hit for name in self.unclear for hit in facts.registers.get(name, ())]
        if hits:
            found = named(f"{hit.subject}（{hit.listed}）" for hit in hits)
            zh = f"疑似被列入名单：{found}；名称相近或名单范围未明，请核实"
            return unknown(_FIELD, zh, f"perhaps listed: {found}; by name only, or the notice leaves the list unclear")
        absent = [str(name) for name in (*self.registers, *self.unclear) if name not in facts.registers]
        if absent:
            zh = f"名单尚未维护：{named(absent)}；请组委会导入"
            return unknown(_FIELD, zh, f"registers not maintained yet: {named(absent)}; import them")
        zh = "参赛单位未列入所查名单（名单只列单位，个人未核对）"
        return _looked_up(
            facts, zh, "no organisation is on the lists (they list organisations; people are not looked up)"
        )


def _looked_up(facts: Facts, zh: str, en: str) -> Finding:
    """Cleared by credit code; without one only the name was compared."""
    bare = [unit.name for unit in facts.entry.organisations if not unit.credit_code]
    if bare:
        remedy = f"{named(bare)}缺少统一社会信用代码，仅按名称比对；请补充"
        return unknown(_FIELD, remedy, f"{named(bare)}: no credit code, compared by name only; give it")
    return met(_FIELD, zh, en)


def _is_enterprise(unit: Organisation) -> bool | None:
    """By its kind, else by the registry of its credit code, which alone can show an enterprise but not rule one out; None
    where that is not settled.
    """
    if unit.kind not in OPEN_KINDS:
        return unit.kind in _ENTERPRISE_KINDS
    registry = authority(unit)
    if registry in _ENTERPRISES:
        return True
    return False if unit.kind and registry else None


class NotAnOrganiser(Predicate):
    """组织单位 and their 下属分公司、子公司、控股公司、母公司 may not enter (五（一）5 or 六（一）5).

    `subjects` is the notice's own scope: "organisations" (相关组织单位) or "enterprises" (组织企业, 组织单位中涉及的企业).
    `unclear` are roles of which the notice does not say whether they organise.

    >>> NotAnOrganiser(subjects="organisations")(known(registers={"ORGANISERS": [], "AFFILIATES": []})).verdict.value
    'MET'
    """

    subjects: Literal["organisations", "enterprises"]
    unclear: tuple[OrganiserRole, ...] = ()

    @property
    def inputs(self) -> frozenset[str]:
        """The organisations and both registers."""
        return _UNITS | {"entry.region", f"register.{Register.ORGANISERS}", f"register.{Register.AFFILIATES}"}

    def __call__(self, facts: Facts) -> Finding:
        """Only organisers of this region's own contest count, and of those only what the notice's scope takes in."""
        units = {unit.name: unit for unit in facts.entry.organisations}
        hits = [
            (hit, self._concerns(units.get(hit.subject)))
            for name in (Register.ORGANISERS, Register.AFFILIATES)
            for hit in facts.registers.get(name, ())
            if hit.contest in (None, facts.entry.region)
        ]
        if barred := [hit for hit, concerned in hits if concerned and self._is_clear(hit)]:
            found = named(f"{hit.subject}（{hit.listed}）" for hit in barred)
            return not_met(_FIELD, f"组织单位及其关联单位不得参赛：{found}", f"organiser or affiliate: {found}")
        if open_ := [hit for hit, concerned in hits if concerned is not False]:
            found = named(f"{hit.subject}（{hit.listed}）" for hit in open_)
            zh = f"可能是组织单位或其关联单位：{found}；请组委会确认"
            return unknown(_FIELD, zh, f"perhaps an organiser or affiliate: {found}; to be confirmed")
        if absent := [name for name in (Register.ORGANISERS, Register.AFFILIATES) if name not in facts.registers]:
            zh = f"名单尚未维护：{named(absent)}；请组委会导入"
            return unknown(_FIELD, zh, f"registers not maintained yet: {named(absent)}; import them")
        return _looked_up(facts, "非组织单位及其关联单位", "no organiser, no affiliate of one")

    def _concerns(self, unit: Organisation | None) -> bool | None:
        if self.subjects == "organisations":
            return True
        return None if unit is None else _is_enterprise(unit)

    def _is_clear(self, hit: Hit) -> bool:
        return hit.certain and hit.role not in self.unclear

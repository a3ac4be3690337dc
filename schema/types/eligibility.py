"""Clauses, verdicts, waivers and registers as GraphQL types."""

from datetime import datetime
from typing import Self

import strawberry

from schema import clauses
from schema.types.catalogue import Region
from schema.types.cost import costs
from schema.types.node import Node
from schema.vocabulary import ClauseKind, EligibilityStatus, Verdict


@strawberry.type(description="通知的一条规则，照原文 / A rule of a notice, in its own words")
class Clause(Node):
    """As it stands in clauses.toml."""

    region: Region | None = strawberry.field(
        description="所属赛区；由全国申报书推定的为空 / Whose notice prints it; null for what the national form implies"
    )
    city: str | None = strawberry.field(description="仅对该市州的项目 / For entries of this city alone")
    kind: ClauseKind
    text: str = strawberry.field(description="通知原文 / Verbatim")
    locator: str = strawberry.field(description="在通知中的位置 / Its place in the notice")
    judged_by: str = strawberry.field(
        description="判定方法；human 须人工判断，info 无须判断 / The predicate; human for people alone, info for nothing to judge"
    )
    leeway: str | None = strawberry.field(
        description="通知留有余地的原话，有则可豁免 / The words that leave room; only then can it be waived"
    )
    inferred: bool = strawberry.field(description="由本系统推定适用，只存疑不否决 / Held to apply by our inference")
    remark: str | None
    version: str

    @classmethod
    def of(cls, clause: clauses.Clause, region: Region | None) -> Self:
        """From the fact."""
        return cls(
            id=strawberry.ID(clause.id),
            region=region,
            city=clause.city,
            kind=clause.kind,
            text=clause.text,
            locator=clause.locator,
            judged_by=clause.predicate,
            leeway=clause.leeway,
            inferred=clause.inferred,
            remark=clause.remark,
            version=clause.version,
        )


@strawberry.type(description="对一个项目豁免一条规则 / That an entry passes a clause by the organiser's decision")
class Waiver(Node):
    """Visible with its author and its end."""

    entry_id: strawberry.ID
    clause: Clause
    reason: str
    author: str
    granted_at: datetime
    expires_at: datetime
    holds: bool = strawberry.field(description="此刻是否有效 / Whether it counts now")
    revoked_at: datetime | None
    revoked_by: str | None
    revoke_reason: str | None


@strawberry.type(description="一条规则对一个项目的判定 / What a clause says of an entry")
class ClauseVerdict:
    """With the sentence in both languages."""

    clause: Clause
    verdict: Verdict
    field: str = strawberry.field(description="所涉的部分 / The part of the entry to look at")
    message: str = strawberry.field(description="应当如何、实际如何 / What was expected and found, in Chinese")
    message_en: str
    waiver: Waiver | None = strawberry.field(description="有效的豁免 / The waiver that holds")


@strawberry.type(description="参赛资格：可由系统判定的各条之和 / May it compete, as far as a machine can judge")
class Eligibility:
    """Waivers are counted in."""

    status: EligibilityStatus
    judged_at: datetime | None = strawberry.field(description="判定时间；未入库的为空 / When it was judged and kept")
    told: strawberry.Private[list[ClauseVerdict]]

    @strawberry.field(
        description="逐条判定，可只取某几种 / Clause by clause; or only some verdicts", metadata=costs(1, size=30)
    )
    def verdicts(self, only: list[Verdict] | None = None) -> list[ClauseVerdict]:
        """In the order of the notice."""
        return self.told if only is None else [one for one in self.told if one.verdict in only]


@strawberry.type(description="通知未作规定，及查证所用词 / What a notice does not say, and the search that showed it")
class Absence:
    """None of `searched` stands in the notice."""

    about: str
    statement: str
    statement_en: str
    searched: list[str]


@strawberry.type(description="一个赛区在某一类上的规定 / What one region says on a kind")
class RegionClauses:
    """Clauses, or the absence of any."""

    region: Region
    clauses: list[Clause]
    absences: list[Absence]
    silent: bool = strawberry.field(description="通知对此未作规定 / The notice has no clause of this kind")


@strawberry.type(description="一处差异：各赛区怎么说 / One difference in each region's words")
class Difference:
    """Our summary, with what is quoted."""

    dimension: str
    dimension_en: str
    regions: list["RegionWords"]


@strawberry.type(description="一个赛区的说法 / One region's words")
class RegionWords:
    """Within a difference."""

    region: Region
    words: str
    words_en: str = strawberry.field(description="原话不译 / A quote stays as it is")


@strawberry.type(description="相互矛盾的规则 / Clauses that contradict one another")
class ClauseConflict:
    """And how."""

    id: strawberry.ID
    what: str
    what_en: str
    clauses: list[Clause]


@strawberry.type(description="各赛区同类规则并列 / One kind of clause, region by region")
class ClauseComparison:
    """Side by side."""

    kind: ClauseKind
    regions: list[RegionClauses]
    differences: list[Difference]
    conflicts: list[ClauseConflict]

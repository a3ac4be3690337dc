"""The closed lists as GraphQL enums, described in both languages."""

import strawberry

from schema import list_life, vocabulary
from schema.quotas import Basis

strawberry.enum(vocabulary.Stage, description="赛程阶段，按先后 / How far an entry has come, in order")
strawberry.enum(vocabulary.EntryStatus, description="参赛状态 / Whether an entry is still in the contest")
strawberry.enum(vocabulary.AwardLevel, description="奖项 / Award of the province's contest")
strawberry.enum(vocabulary.OrganisationKind, description="单位性质 / Kind of organisation")
strawberry.enum(
    vocabulary.TrackMatch, description="对应国家赛道的方式 / How a track or topic leads to a national track"
)
strawberry.enum(vocabulary.Role, description="密钥的角色 / Who holds a key")
strawberry.enum(vocabulary.OrganiserRole, description="组织角色 / The part an organiser plays")
strawberry.enum(vocabulary.PullStatus, description="拉取结果 / Outcome of a pull")
strawberry.enum(vocabulary.PullPhase, description="拉取进行到哪一步 / How far a pull has come")
strawberry.enum(vocabulary.CaseKind, description="查重案件类型 / What a duplicate case is about")
strawberry.enum(vocabulary.CaseStatus, description="查重案件状态 / Where a duplicate case stands")
strawberry.enum(
    vocabulary.CaseLevel,
    description="查重把握：LIKELY 自动立案，REVIEW 待人工核对 / How sure: opened by itself, or to be looked at",
)
strawberry.enum(vocabulary.CaseChange, description="案件上发生的事 / What happened to a case")
strawberry.enum(vocabulary.RosterState, description="名册状态 / Where an item of the roster stands")
strawberry.enum(Basis, name="QuotaBasis", description="名额依据 / What a quota rests on")
strawberry.enum(vocabulary.ClauseKind, description="规则类别 / What a clause is about")
strawberry.enum(vocabulary.Verdict, description="判定：符合、不符合、未定 / What a clause says of an entry")
strawberry.enum(vocabulary.EligibilityStatus, description="参赛资格 / All verdicts together")
strawberry.enum(vocabulary.Register, description="名单 / Registers that the organiser maintains")
strawberry.enum(vocabulary.Followed, description="留有变更记录的部分 / Parts of an entry whose changes are kept")
strawberry.enum(vocabulary.DocumentKind, description="证明材料种类 / Kinds of papers")
strawberry.enum(list_life.ListState, description="推荐名单的状态 / Where a version of a list stands")
strawberry.enum(list_life.ListAct, description="对推荐名单的操作 / What is done to a list")

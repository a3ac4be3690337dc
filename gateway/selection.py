"""The rules of selection, the computed list beside the pushed one, and messages, as GraphQL types."""

from datetime import datetime
from typing import Self

import strawberry

from gateway.entries import beijing
from gateway.operations import Problem
from schema.selection import Basis, Grounded
from schema.types.node import Node
from sync.lists.rules import Rules
from sync.lists.shadow import Deviation, Shadow, ShadowLine
from sync.tables import MessageRow, SelectionSettingRow

strawberry.enum(
    Deviation, name="ShadowDeviation", description="名单与推算的差异 / How a list departs from the computed one"
)


@strawberry.type(description="一条推荐规则及其依据 / A rule of selection and what it rests on")
class SelectionRule:
    """Printed, inferred or set."""

    name: str = strawberry.field(description="规则的名称 / Its name: total, perTrack, stages, prizes.0 …")
    value: str = strawberry.field(description="规则的内容 / What it says")
    basis: Basis
    zh: str
    en: str

    @classmethod
    def of(cls, name: str, rule: Grounded) -> Self:
        """From the facts."""
        said = rule.model_dump(exclude={*Grounded.model_fields}, exclude_none=True, mode="json")
        value = "；".join(f"{key}: {_text(each)}" for key, each in said.items())
        return cls(name=name, value=value, basis=rule.basis, zh=rule.zh, en=rule.en)


def _text(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


@strawberry.type(description="一次设定 / What the organiser set once")
class QuotaSetting:
    """On record for good."""

    total: int | None
    per_track: int | None
    alternates: int | None
    firsts: int | None
    deadline: datetime | None
    reason: str
    author: str
    set_at: datetime

    @classmethod
    def of(cls, row: SelectionSettingRow) -> Self:
        """From its row."""
        return cls(
            total=row.total, per_track=row.per_track, alternates=row.alternates, firsts=row.firsts,
            deadline=beijing(row.deadline) if row.deadline else None, reason=row.reason, author=row.author,
            set_at=beijing(row.set_at),
        )  # fmt: skip


@strawberry.type(description="一个推荐单位的名额和推荐规则 / The rules of one issuer's list")
class SelectionRules:
    """What holds now, and how it came to."""

    issuer: strawberry.ID
    name: str
    deadline: datetime | None
    rules: list[SelectionRule]
    settings: list[QuotaSetting] = strawberry.field(description="历次设定，最近在前 / What was set, newest first")

    @classmethod
    def of(cls, rules: Rules, settings: list[SelectionSettingRow]) -> Self:
        """From the record."""
        return cls(
            issuer=strawberry.ID(rules.issuer.code),
            name=rules.issuer.name,
            deadline=beijing(rules.deadline) if rules.deadline else None,
            rules=[SelectionRule.of(name, rule) for name, rule in rules.selection.rules()],
            settings=[QuotaSetting.of(row) for row in settings],
        )


@strawberry.type(description="设定的结果 / What came of setting rules")
class SetQuotaResult:
    """Either the rules as they now stand, or the problems."""

    rules: SelectionRules | None
    problems: list[Problem]


@strawberry.type(description="名单与推算的一处差异 / One departure from the computed list")
class ShadowDifference:
    """For a person to explain."""

    entry_id: strawberry.ID
    deviation: Deviation
    pushed_rank: int | None
    computed_rank: int | None
    score: float | None

    @classmethod
    def of(cls, line: ShadowLine) -> Self:
        """From the record."""
        return cls(
            entry_id=strawberry.ID(line.entry_id), deviation=line.deviation, pushed_rank=line.pushed_rank,
            computed_rank=line.computed_rank, score=line.score,
        )  # fmt: skip


@strawberry.type(description="按该省成绩和规则推算的名单，供核对 / The list that scores and rules would give")
class ListShadow:
    """Computed from what is stored now."""

    computed: list[strawberry.ID]
    differences: list[ShadowDifference]
    unscored: int = strawberry.field(description="够条件而无成绩的项目数 / Entitled entries without a score")

    @classmethod
    def of(cls, shadow: Shadow) -> Self:
        """From the record."""
        return cls(
            computed=[strawberry.ID(entry) for entry in shadow.computed],
            differences=[ShadowDifference.of(line) for line in shadow.lines],
            unscored=shadow.unscored,
        )


@strawberry.type(description="给省的通知 / A message to a region")
class Message(Node):
    """Kept in the transaction that it speaks of."""

    region: strawberry.ID
    kind: str
    receipt: strawberry.ID
    zh: str
    en: str
    created_at: datetime
    read_at: datetime | None
    read_by: str | None
    delivery: str = strawberry.field(
        description="PENDING 待发、DELIVERED 已送达、FAILED 已放弃、INBOX 未配置 Webhook，仅收件箱 / Where sending stands"
    )
    attempts: int
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    fault: str | None = strawberry.field(description="最近一次未送达的原因 / Why the last attempt failed")

    @classmethod
    def of(cls, row: MessageRow) -> Self:
        """From its row."""
        return cls(
            id=strawberry.ID(row.id), region=strawberry.ID(row.region), kind=row.kind, receipt=strawberry.ID(row.receipt),
            zh=row.zh, en=row.en, created_at=beijing(row.created_at),
            read_at=beijing(row.read_at) if row.read_at else None, read_by=row.read_by,
            delivery=row.delivery, attempts=row.attempts,
            next_attempt_at=beijing(row.next_attempt_at) if row.next_attempt_at else None,
            delivered_at=beijing(row.delivered_at) if row.delivered_at else None, fault=row.fault,
        )  # fmt: skip


@strawberry.type(description="通知操作的结果 / What came of an act on messages")
class MessagesResult:
    """All or none."""

    messages: list[Message]
    problems: list[Problem]

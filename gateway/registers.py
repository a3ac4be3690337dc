"""Registers as GraphQL types."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

import strawberry

from gateway import facts
from gateway.entries import beijing
from gateway.operations import Problem
from schema.types.catalogue import Region
from schema.types.eligibility import Waiver
from schema.types.scalars import CreditCode
from schema.vocabulary import OrganiserRole, Register
from sync import registers
from sync.database import Session
from sync.repository.registers import RegisterStore
from sync.tables import RegisterChangeRow


@strawberry.type(description="名单的一行 / A line of a register")
class RegisterLine:
    """Printed in a notice, or maintained by the organiser."""

    id: strawberry.ID
    name: str
    credit_code: CreditCode | None
    project: str
    contest: str | None = strawberry.field(description="赛区代码，或 national / A region's code, or national")
    region: Region | None = strawberry.field(description="该赛区已接入时 / Where that region is connected")
    role: OrganiserRole | None
    remark: str
    printed: bool = strawberry.field(description="由通知列明，不可移除 / A notice prints it; it cannot be removed")

    @classmethod
    def of(cls, line: registers.RegisterLine) -> Self:
        """From the record."""
        return cls(
            id=strawberry.ID(line.id),
            name=line.name,
            credit_code=CreditCode(line.credit_code) if line.credit_code else None,
            project=line.project,
            contest=line.contest,
            region=facts.region_types().get(line.contest or ""),
            role=line.role,
            remark=line.remark,
            printed=line.printed,
        )


@strawberry.type(description="一次名单变更 / One change of a register")
class RegisterChange:
    """Who, when, what, why."""

    author: str
    reason: str
    changed_at: datetime
    added: int
    removed: int

    @classmethod
    def of(cls, row: RegisterChangeRow) -> Self:
        """From its row."""
        return cls(
            author=row.author,
            reason=row.reason,
            changed_at=beijing(row.changed_at),
            added=len(row.added),
            removed=len(row.removed),
        )


@strawberry.type(name="OrganiserRegister", description="组委会维护的名单 / A register that the organiser maintains")
class RegisterType:
    """With its lines and its changes."""

    register: Register
    name: str
    maintained: bool = strawberry.field(description="未维护时相关规则为未定 / Until then its clauses stay open")
    lines: list[RegisterLine]
    changes: list[RegisterChange]


@strawberry.input(description="名单的一行 / A line to enter")
class RegisterLineInput:
    """The same checks as for a file."""

    name: str = ""
    credit_code: CreditCode | None = None
    project: str = ""
    contest: str = strawberry.field(default="", description="省名、代码或“全国” / Name, code or 全国")
    role: str = ""
    sub_topic: str = strawberry.field(
        default="", description="被取消的子赛题，编号或标题 / A cancelled sub-topic, id or title"
    )
    remark: str = ""


@strawberry.type(description="名单变更的结果 / What came of a change")
class RegisterResult:
    """Everything or nothing."""

    added: int
    removed: int
    judged: int = strawberry.field(description="因此重新判定的项目数 / Entries judged anew because of it")
    dry_run: bool
    problems: list[Problem]


@strawberry.type(description="豁免的结果 / What came of a waiver")
class WaiverResult:
    """Or why not."""

    waiver: Waiver | None
    problems: list[Problem]


def load(session: Session, wanted: Sequence[Register]) -> list[RegisterType]:
    """Registers with all their lines, in the order of the closed list."""
    store = RegisterStore(session)
    maintained = registers.maintained(session)
    lines = [*registers.printed(), *map(registers.RegisterLine.of, store.lines([each.value for each in wanted]))]
    return [
        RegisterType(
            register=each,
            name=registers.NAMES[each],
            maintained=each in maintained,
            lines=[RegisterLine.of(line) for line in lines if line.register is each],
            changes=[RegisterChange.of(row) for row in store.changes([each.value])],
        )
        for each in Register
        if each in wanted
    ]

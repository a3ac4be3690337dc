"""Registers: what a line says, which lines the notices print themselves, and how lines come and go.

An organiser maintains nine (`schema.vocabulary.Register`); each change is kept with its author and reason. Organisers are
printed in the notices, so their lines stand there from the start and can be added to but not taken away.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Final

from adapters.registry import regions
from schema.audit import AuditAction
from schema.canonical import Json, canonical, digest
from schema.errors import Problem, RequestError, reason_missing
from schema.vocabulary import OrganiserRole, Register
from sync.audit import record
from sync.database import Database, Session
from sync.exact_keys import plain
from sync.organisation_names import normal_form
from sync.repository.registers import RegisterStore
from sync.tables import RegisterChangeRow, RegisterLineRow

PROJECTS: Final = frozenset(
    {Register.WINNERS_2024, Register.PRIOR_FINALISTS}
)  # lists of projects, not of organisations
NAMES: Final = {
    Register.DISHONEST_DEBTORS: "失信被执行人",
    Register.TAX_OFFENDERS: "重大税收违法案件当事人名单",
    Register.PROCUREMENT_OFFENDERS: "政府采购严重违法失信行为记录名单",
    Register.MAJOR_OFFENDERS: "有重大违法记录",
    Register.WINNERS_2024: "2024年获奖项目",
    Register.ORGANISERS: "组织单位",
    Register.AFFILIATES: "组织单位的关联单位",
    Register.PRIOR_FINALISTS: "其他大赛沿用的决赛项目",
    Register.CANCELLED_SUB_TOPICS: "已取消的子赛题",
}


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line. Of organisations `name` is asked for, of projects `project`; of a cancelled sub-topic `name` is its id and
    `project` that of its topic. `contest` is a region's code or "national". `printed` marks a line that a notice prints.
    """

    register: Register
    name: str = ""
    credit_code: str | None = None
    project: str = ""
    contest: str | None = None
    role: OrganiserRole | None = None
    remark: str = ""
    printed: bool = False

    @property
    def id(self) -> str:
        """The same for lines that say the same: register, organisation (by code, else by name), project, contest, role."""
        said = (self.register, self.credit_code or self.name_key, self.project_key, self.contest or "", self.role or "")
        return hashlib.sha256("\0".join(said).encode()).hexdigest()[:24]

    @property
    def name_key(self) -> str:
        """The organisation's name as it is compared."""
        return normal_form(self.name)

    @property
    def project_key(self) -> str:
        """The project's title as it is compared."""
        return plain(self.project)

    @property
    def words(self) -> str:
        """What the line says, for a sentence."""
        said = (NAMES[self.register], f"《{self.project}》" if self.project else "", self.name, self.role, self.remark)
        return " ".join(part for part in said if part)

    def as_dict(self) -> dict[str, str]:
        """What is kept of the line in the record of a change."""
        return {name: str(value) for name, value in asdict(self).items() if value and name != "printed"}

    @classmethod
    def of(cls, row: RegisterLineRow) -> "RegisterLine":
        """From its row."""
        role = OrganiserRole(row.role) if row.role else None
        register = Register(row.register_name)
        return cls(register, row.name, row.credit_code, row.project, row.contest, role, row.remark)


@dataclass(frozen=True, slots=True)
class RegisterChange:
    """What a change did. `opened` says that the register was not maintained before, so that every entry it is asked about
    may now be judged otherwise.
    """

    register: Register
    added: tuple[RegisterLine, ...]
    removed: tuple[RegisterLine, ...]
    opened: bool


@cache
def printed() -> tuple[RegisterLine, ...]:
    """The organisers that the connected regions' notices name, with their roles."""
    return tuple(
        RegisterLine(Register.ORGANISERS, name=name, contest=code, role=OrganiserRole(group.role), printed=True)
        for code, adapter in regions().items()
        for group in adapter.catalogue.facts.organisers
        for name in group.names
    )


def change(
    database: Database,
    register: Register,
    lines: Sequence[RegisterLine],
    *,
    author: str,
    reason: str,
    now: datetime,
    replace: bool = False,
) -> RegisterChange:
    """Add lines, in one transaction with the record of it; those already there stay as they are. With `replace` the lines
    are the whole register, and what is not among them goes.
    """
    wanted = {line.id: line for line in lines if line.id not in _printed_ids()}
    with database.write() as session:
        store = RegisterStore(session)
        held = {row.id: RegisterLine.of(row) for row in store.lines([register])}
        added = [line for key, line in wanted.items() if key not in held]
        removed = [line for key, line in held.items() if key not in wanted] if replace else []
        return _apply(session, register, added, removed, author=author, reason=reason, now=now)


def remove(database: Database, ids: Sequence[str], *, author: str, reason: str, now: datetime) -> list[RegisterChange]:
    """Take lines away by id, all or none; one change a register."""
    with database.write() as session:
        found = {row.id: RegisterLine.of(row) for row in RegisterStore(session).by_ids(ids)}
        problems = [_not_removable(each) for each in ids if each not in found]
        if problems:
            raise RequestError(problems)
        changes = []
        for register in dict.fromkeys(line.register for line in found.values()):
            removed = [line for line in found.values() if line.register is register]
            changes.append(_apply(session, register, [], removed, author=author, reason=reason, now=now))
        return changes


def _apply(
    session: Session,
    register: Register,
    added: Sequence[RegisterLine],
    removed: Sequence[RegisterLine],
    *,
    author: str,
    reason: str,
    now: datetime,
) -> RegisterChange:
    if not reason.strip():
        raise RequestError(reason_missing())
    store = RegisterStore(session)
    opened = register not in maintained(session)
    if opened or added or removed:
        store.add([_row(line, now, author) for line in added])
        store.remove([line.id for line in removed])
        store.record(
            RegisterChangeRow(
                register_name=register,
                added=[line.as_dict() for line in added],
                removed=[line.as_dict() for line in removed],
                author=author,
                reason=reason.strip(),
                changed_at=now,
            )
        )
        # The lines themselves may be many; their digest binds the change that is kept with them.
        lines = {"added": [line.as_dict() for line in added], "removed": [line.as_dict() for line in removed]}
        change: dict[str, Json] = {"added": len(added), "removed": len(removed), "digest": digest(canonical(lines))}
        record(
            session, actor=author, action=AuditAction.REGISTER_CHANGED, subject=register, reason=reason, change=change, at=now
        )  # fmt: skip
    return RegisterChange(register, tuple(added), tuple(removed), opened)


def maintained(session: Session) -> frozenset[Register]:
    """Registers that somebody looks after: one with a change, even to nothing; organisers always, as notices print them."""
    return frozenset({*map(Register, RegisterStore(session).changed()), Register.ORGANISERS})


@cache
def _printed_ids() -> frozenset[str]:
    return frozenset(line.id for line in printed())


def _row(line: RegisterLine, now: datetime, author: str) -> dict[str, object]:
    return {
        "id": line.id,
        "register_name": line.register.value,
        "name": line.name,
        "name_key": line.name_key,
        "credit_code": line.credit_code,
        "project": line.project,
        "project_key": line.project_key,
        "contest": line.contest,
        "role": line.role.value if line.role else None,
        "remark": line.remark,
        "added_at": now,
        "added_by": author,
    }


def _not_removable(identifier: str) -> Problem:
    if identifier in _printed_ids():
        return Problem(
            "LINE_PRINTED", "ids", "该单位由通知列明，不可移除", "a notice prints this line, so it cannot be removed",
            identifier, "如通知有更正，修改该省 notice.toml", "if the notice was amended, edit the region's notice.toml",
        )  # fmt: skip
    return Problem(
        "LINE_UNKNOWN", "ids", "名单中没有这一行", "no register has this line",
        identifier, "用 dexhub registers list 查看编号", "see dexhub registers list for ids",
    )  # fmt: skip

"""Arguments about recommended lists: what is pushed, what is done to it, what the organiser sets."""

from datetime import datetime

import strawberry

from schema.list_life import ListAct
from sync.lists import Confirmation, ListItem
from sync.lists.acts import Request, ReturnedRow
from sync.lists.submission import Push
from sync.tables import SelectionSettingRow


@strawberry.input(description="推荐名单的一行 / A row of a recommended list")
class RecommendationItemInput:
    """One entry."""

    rank: int = strawberry.field(description="名次，从 1 起连续 / Rank: 1, 2, 3 …")
    entry_id: strawberry.ID = strawberry.field(description="项目编号 / The entry's id")
    national_track: strawberry.ID | None = strawberry.field(
        default=None,
        description="申报的国家赛道；对照不确定时必填 / Declared national track; required where the crosswalk is open",
    )
    title: str | None = strawberry.field(
        default=None,
        description="项目名称；给出时与登记的核对 / Its title, compared with the registered one where given",
    )
    remark: str | None = strawberry.field(default=None, description="备注，随名单保存 / A remark, kept with the list")


@strawberry.input(
    description="对待确认问题的确认，理由随名单封存 / That a finding is known and stood by; sealed with the list"
)
class ConfirmationInput:
    """Without code it is about any finding, without item about every row."""

    reason: str
    code: str | None = None
    item: int | None = strawberry.field(default=None, description="名单第几行，从 1 起 / Row of the list, from 1")


@strawberry.input(description="一省（或其下一市）的推荐名单 / The recommended list of a region, or of a body below it")
class SubmitRecommendationsInput:
    """Sealed whole or not at all."""

    region: strawberry.ID
    items: list[RecommendationItemInput]
    issuer: strawberry.ID | None = strawberry.field(
        default=None,
        description="省以下推荐单位的代码，如 4309；空为本省 / Code of a body below the region; empty: the region",
    )
    confirmations: list[ConfirmationInput] = strawberry.field(default_factory=list)
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="幂等键：同键同内容得到首次的回答，同键不同内容被拒 / Same key, same content: the first answer; other content: refused",
    )

    def push(self) -> Push:
        """As validation and sealing take it."""
        return Push(
            issuer=str(self.issuer or self.region),
            items=[
                ListItem(
                    item.rank,
                    str(item.entry_id),
                    str(item.national_track) if item.national_track else None,
                    item.title or None,
                    item.remark or None,
                )
                for item in self.items
            ],
            confirmations=[Confirmation(each.reason, each.code, each.item) for each in self.confirmations],
            key=self.idempotency_key,
        )


@strawberry.input(description="退回的一行 / A row that is returned")
class ReturnedRowInput:
    """With its reason."""

    rank: int
    reason: str
    column: str | None = strawberry.field(
        default=None, description="所指的列，如 nationalTrack / The column that is meant"
    )


@strawberry.input(description="对已封存名单的操作 / What is to be done to a sealed list")
class MoveListInput:
    """RETURN and WITHDRAW need a reason."""

    receipt: strawberry.ID
    act: ListAct
    reason: str = ""
    rows: list[ReturnedRowInput] = strawberry.field(default_factory=list, description="退回时逐行的理由 / Rows to mend")
    until: datetime | None = strawberry.field(
        default=None, description="公示截止时间；空为规则所定天数 / End of publicity; empty: as long as the rules say"
    )

    def request(self) -> Request:
        """As `sync.lists.acts` takes it."""
        rows = tuple(ReturnedRow(row.rank, row.reason, row.column) for row in self.rows)
        return Request(str(self.receipt), self.act, self.reason, rows, self.until)


@strawberry.input(
    description="国家组委会设定的推荐规则；空项按通知或推断 / Rules that the organiser sets; empty ones stay as printed or inferred"
)
class SetQuotaInput:
    """Instead of all that was set for this issuer before; on record."""

    issuer: strawberry.ID
    reason: str
    total: int | None = strawberry.field(default=None, description="名额 / Places")
    per_track: int | None = strawberry.field(default=None, description="每个国家赛道至多 / At most in a national track")
    alternates: int | None = strawberry.field(default=None, description="候补至多 / At most so many alternates")
    firsts: int | None = strawberry.field(
        default=None,
        description="每赛道先取前几名，其余按第二成绩补足 / So many of each track first, the rest from a pool",
    )
    deadline: datetime | None = strawberry.field(default=None, description="推荐截止时间 / Until when lists are taken")

    def row(self, author: str, now: datetime) -> SelectionSettingRow:
        """As it is kept."""
        return SelectionSettingRow(
            issuer=str(self.issuer), total=self.total, per_track=self.per_track, alternates=self.alternates,
            firsts=self.firsts, deadline=self.deadline, reason=self.reason.strip(), author=author, set_at=now,
        )  # fmt: skip

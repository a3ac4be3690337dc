"""What a region is told when something happens to a list: one message for each act, in the same transaction."""

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import rfc8785

from schema.list_life import STATE_NAMES, ListAct, ListState
from schema.provenance import CHINA
from sync.database import Session
from sync.lists.rules import issuers
from sync.repository.messages import MessageStore
from sync.scope import EVERYTHING
from sync.tables import ListEventRow, ListRow, MessageRow

# Acts that are parts of a push are told by the last of them.
_SILENT: Final = frozenset({ListAct.DRAFT, ListAct.VALIDATE})
_WORDS: Final[Mapping[ListAct, tuple[str, str]]] = MappingProxyType(
    {
        ListAct.SEAL: ("已收到并封存", "received and sealed"),
        ListAct.CHECK: ("开始审核", "is being checked"),
        ListAct.ACCEPT: ("已被接受", "was accepted"),
        ListAct.RETURN: ("已被退回，请按所列各行修改后重新提交", "was returned: mend the rows named and push it again"),
        ListAct.PUBLISH: ("开始公示", "is published"),
        ListAct.CONFIRM: ("公示结束，已确认", "was confirmed after publicity"),
        ListAct.FINALISE: ("已终定", "is final"),
        ListAct.WITHDRAW: ("已撤回", "was withdrawn"),
        ListAct.SUPERSEDE: ("已被新版本替代", "was superseded by a later version"),
    }
)
TOLD: Final = tuple(_WORDS)


def kind_of(act: ListAct) -> str:
    """The type of the message, as receivers see it."""
    return f"list.{act.lower()}"


def tell(session: Session, row: ListRow, event: ListEventRow) -> None:
    """Keep the message; whoever sends it finds it pending, and the region finds it in its inbox."""
    act = ListAct(event.act)
    if act in _SILENT:
        return
    zh, en = _WORDS[act]
    identifier = f"msg_{secrets.token_hex(12)}"
    name = issuers()[row.issuer].name if row.issuer in issuers() else row.issuer
    content: dict[str, Any] = {
        "type": kind_of(act),
        "timestamp": event.at.astimezone(CHINA).isoformat(timespec="seconds"),
        "data": {
            "receipt": row.receipt,
            "region": row.region,
            "issuer": row.issuer,
            "version": row.version,
            "digest": row.digest,
            "state": event.after,
            "reason": event.reason,
            **event.details,
        },
    }
    state = STATE_NAMES[ListState(event.after)]
    message = MessageRow(
        id=identifier,
        region=row.region,
        kind=kind_of(act),
        receipt=row.receipt,
        zh=f"{name}推荐名单（回执 {row.receipt}）{zh}；状态：{state}"
        + (f"；理由：{event.reason}" if event.reason else ""),
        en=f"the list {row.receipt} {en}",
        payload=rfc8785.dumps(content).decode(),
        created_at=event.at,
        delivery="PENDING",
        next_attempt_at=event.at,
    )
    MessageStore(session, EVERYTHING).add(message)

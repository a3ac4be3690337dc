"""The life of a recommended list: which act leads from which state to which, and whose act it is.

    draft → validated → sealed → under national check → accepted → 公示 → confirmed → final
                          │              │                 │          │
                          │              └────→ returned ←─┴──────────┘   row by row, with reasons
                          └→ withdrawn (until final), superseded by a later version (until confirmed)

Nothing else is possible: what is not in the table is refused. A list of a city or another body below the region lives the
same life; for it the region stands where the national organiser stands for the region.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ListState(StrEnum):
    """Where a version of a list stands. Above each member stands what may be said of it."""

    # Handed in, nothing looked at yet.
    DRAFT = "DRAFT"
    # No problem was found, or each that could be confirmed was.
    VALIDATED = "VALIDATED"
    # Its canonical JSON, digest and receipt are fixed for good.
    SEALED = "SEALED"
    # Whoever it was handed to is looking at it.
    CHECKING = "CHECKING"
    # It counts.
    ACCEPTED = "ACCEPTED"
    # It does not count; each row to mend is named with the reason.
    RETURNED = "RETURNED"
    # It counts, and is laid open to objection (公示).
    PUBLICITY = "PUBLICITY"
    # It counts, publicity is over.
    CONFIRMED = "CONFIRMED"
    # It counts and nothing can change it any more.
    FINAL = "FINAL"
    # Taken back by its issuer; does not count.
    WITHDRAWN = "WITHDRAWN"
    # A later version of the same issuer stands in its place; does not count.
    SUPERSEDED = "SUPERSEDED"


class ListAct(StrEnum):
    """What is done to a list."""

    DRAFT = "DRAFT"
    VALIDATE = "VALIDATE"
    SEAL = "SEAL"
    CHECK = "CHECK"
    ACCEPT = "ACCEPT"
    RETURN = "RETURN"
    PUBLISH = "PUBLISH"
    CONFIRM = "CONFIRM"
    FINALISE = "FINALISE"
    WITHDRAW = "WITHDRAW"
    SUPERSEDE = "SUPERSEDE"


class Actor(StrEnum):
    """Whose act it is."""

    ISSUER = "ISSUER"  # the region, or the body below it, whose list it is
    RECEIVER = "RECEIVER"  # the national organiser; for a list from below the region, the region
    HUB = "HUB"  # follows from another act, in the same transaction


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: the states it starts from (None: there is nothing yet), the one it ends in, who does it, and whether it
    needs a reason.
    """

    before: frozenset[ListState | None]
    after: ListState
    actor: Actor
    needs_reason: bool = False


def _from(*states: ListState | None) -> frozenset[ListState | None]:
    return frozenset(states)


_S: Final = ListState
TRANSITIONS: Final[Mapping[ListAct, Transition]] = MappingProxyType(
    {
        ListAct.DRAFT: Transition(_from(None), _S.DRAFT, Actor.ISSUER),
        ListAct.VALIDATE: Transition(_from(_S.DRAFT), _S.VALIDATED, Actor.HUB),
        ListAct.SEAL: Transition(_from(_S.VALIDATED), _S.SEALED, Actor.HUB),
        ListAct.CHECK: Transition(_from(_S.SEALED), _S.CHECKING, Actor.RECEIVER),
        ListAct.ACCEPT: Transition(_from(_S.CHECKING), _S.ACCEPTED, Actor.RECEIVER),
        ListAct.RETURN: Transition(
            _from(_S.CHECKING, _S.ACCEPTED, _S.PUBLICITY), _S.RETURNED, Actor.RECEIVER, needs_reason=True
        ),
        ListAct.PUBLISH: Transition(_from(_S.ACCEPTED), _S.PUBLICITY, Actor.RECEIVER),
        ListAct.CONFIRM: Transition(_from(_S.PUBLICITY), _S.CONFIRMED, Actor.RECEIVER),
        ListAct.FINALISE: Transition(_from(_S.CONFIRMED), _S.FINAL, Actor.RECEIVER),
        ListAct.WITHDRAW: Transition(
            _from(_S.SEALED, _S.CHECKING, _S.RETURNED, _S.ACCEPTED, _S.PUBLICITY, _S.CONFIRMED),
            _S.WITHDRAWN,
            Actor.ISSUER,
            needs_reason=True,
        ),
        ListAct.SUPERSEDE: Transition(
            _from(_S.SEALED, _S.CHECKING, _S.RETURNED, _S.ACCEPTED, _S.PUBLICITY), _S.SUPERSEDED, Actor.HUB
        ),
    }
)
# Acts that somebody asks for once a list is sealed; the others are part of pushing it or follow from another.
REQUESTED: Final = tuple(
    act for act, step in TRANSITIONS.items() if step.actor is not Actor.HUB and None not in step.before
)
COUNTED: Final = (_S.ACCEPTED, _S.PUBLICITY, _S.CONFIRMED, _S.FINAL)  # at most one version of an issuer
PENDING: Final = (_S.SEALED, _S.CHECKING)  # at most one version of an issuer
SETTLED: Final = (_S.CONFIRMED, _S.FINAL)  # no later version may be pushed beside these

STATE_NAMES: Final[Mapping[ListState, str]] = MappingProxyType(
    {
        _S.DRAFT: "草稿",
        _S.VALIDATED: "已校验",
        _S.SEALED: "已封存",
        _S.CHECKING: "审核中",
        _S.ACCEPTED: "已接受",
        _S.RETURNED: "已退回",
        _S.PUBLICITY: "公示中",
        _S.CONFIRMED: "已确认",
        _S.FINAL: "终定",
        _S.WITHDRAWN: "已撤回",
        _S.SUPERSEDED: "已被替代",
    }
)


def after(act: ListAct, state: ListState | None) -> ListState | None:
    """The state an act leads to from this one; None where the act is not possible from it."""
    step = TRANSITIONS[act]
    return step.after if state in step.before else None

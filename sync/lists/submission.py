"""A push: validated and sealed in one transaction, so that there is one list or none, however it is cut off or repeated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from schema.audit import Seal
from schema.errors import Problem, RequestError, redact
from schema.list_life import PENDING, SETTLED, ListAct, ListState
from schema.vocabulary import Severity
from sync.database import Database, Session
from sync.lists.acts import step
from sync.lists.findings import Finding
from sync.lists.items import Confirmation, ListItem, fingerprint, seal
from sync.lists.rules import Issuer, Rules, issuers, rules_of, unknown_issuer
from sync.lists.surroundings import Surroundings, around
from sync.lists.validation import size_findings, validate
from sync.punctuality import believed
from sync.repository.audit import AuditStore
from sync.repository.lists import ListStore
from sync.scope import Scope
from sync.tables import ListKeyRow, ListRow

_LONGEST_KEY: Final = 200


@dataclass(frozen=True, slots=True)
class Push:
    """What is pushed: the issuer's code (a region's, or a longer one of a body below it), the rows in the order they came,
    and what of them is confirmed. A push that is repeated with the same `key` gets the first answer.
    """

    issuer: str
    items: Sequence[ListItem]
    confirmations: Sequence[Confirmation] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ListOutcome:
    """What came of a push. `sealed` is None on a dry run and where anything stops the list; `refusals` are reasons that no
    row can mend. `repeated` says that this is the first answer to the same push once more. A receipt carries the newest seal of
    the record of changes, so that whoever keeps it can prove later that nothing before it was bent.
    """

    findings: tuple[Finding, ...]
    sealed: ListRow | None = None
    refusals: tuple[Problem, ...] = ()
    repeated: bool = False
    audit_seal: Seal | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stops the list."""
        return (*self.refusals, *(finding.problem() for finding in self.findings if finding.stops))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What does not stop it, or no more."""
        return tuple(finding.problem() for finding in self.findings if not finding.stops)


def submit(
    database: Database,
    push: Push,
    submitted_by: str,
    *,
    dry_run: bool = False,
    now: datetime | None = None,
) -> ListOutcome:
    """Validate a list and, unless it is a dry run or something stops it, seal it as the issuer's next version."""
    issuer = issuers().get(push.issuer)
    if issuer is None:
        return ListOutcome((), refusals=(unknown_issuer(push.issuer),))
    moment, wrong = now or datetime.now(UTC), _key_faults(push.key)
    if dry_run:
        with database.read() as session:
            refused = (*wrong, *_untimely(session, issuer, moment))
            return ListOutcome(tuple(_found(session, issuer, push, moment)), refusals=refused)
    with database.write() as session:
        store = ListStore(session, Scope(issuer.region))
        store.alone(issuer.code)
        before = None if wrong else _before(session, store, push)
        if before is not None:
            return before
        refused, found = (*wrong, *_untimely(session, issuer, moment)), _found(session, issuer, push, moment)
        if refused or any(finding.stops for finding in found):
            return ListOutcome(tuple(found), refusals=refused)
        row = _sealed(session, push, found, submitted_by, moment)
        return ListOutcome(tuple(found), row, audit_seal=AuditStore(session).newest_seal())


def _found(session: Session, issuer: Issuer, push: Push, now: datetime) -> list[Finding]:
    rules: Rules = rules_of(session, issuer)
    if size_findings(push.items):
        return validate(push.items, Surroundings(rules, now))
    return validate(push.items, around(session, rules, push.items, now), push.confirmations)


def _sealed(session: Session, push: Push, found: Sequence[Finding], by: str, now: datetime) -> ListRow:
    """Fix the version; the one before it that nobody has accepted yet gives way."""
    store = ListStore(session, Scope(push.issuer[:2]))
    version = store.next_version(push.issuer)
    confirmed = [finding for finding in found if finding.confirmed is not None]
    made = seal(push.issuer, version, push.items, confirmed, by=by, at=now)
    for other in store.versions(issuer=push.issuer):
        if other.state in (*PENDING, ListState.RETURNED):
            step(session, other, ListAct.SUPERSEDE, actor=by, now=now, reason=made.receipt)
    row = ListRow(
        receipt=made.receipt, region=push.issuer[:2], issuer=push.issuer, version=version, state=ListState.DRAFT,
        digest=made.digest, content=made.content, findings=[finding.as_dict() for finding in found],
        submitted_by=by, submitted_at=now, changed_at=now,
    )  # fmt: skip
    for act in (ListAct.DRAFT, ListAct.VALIDATE, ListAct.SEAL):
        step(session, row, act, actor=by, now=now)
    if push.key is not None:
        content = fingerprint(push.issuer, push.items, push.confirmations)
        store.keep_key(ListKeyRow(issuer=push.issuer, key=push.key, content_hash=content, receipt=row.receipt))
    return row


def _before(session: Session, store: ListStore, push: Push) -> ListOutcome | None:
    """The first answer to a push with this key; None where it is the first."""
    kept = store.key(push.issuer, push.key) if push.key is not None else None
    if kept is None:
        return None
    if kept.content_hash != fingerprint(push.issuer, push.items, push.confirmations):
        used = Problem(
            "KEY_REUSED", "idempotencyKey", f"该幂等键已用于另一份名单（回执 {kept.receipt}）",
            f"this key was used for another list, {kept.receipt}", push.key,
            "新的内容请用新的键", "use a new key for new content",
        )  # fmt: skip
        return ListOutcome((), refusals=(used,))
    row = store.get(kept.receipt)
    if row is None:
        raise LookupError(kept.receipt)
    found = tuple(Finding(**{**each, "severity": Severity(each["severity"])}) for each in row.findings)
    return ListOutcome(found, row, repeated=True, audit_seal=AuditStore(session).newest_seal())


def _key_faults(key: str | None) -> list[Problem]:
    if key is None or 0 < len(key) <= _LONGEST_KEY:
        return []
    return [
        Problem(
            "KEY_INVALID", "idempotencyKey", f"幂等键须为 1 至 {_LONGEST_KEY} 个字符", f"a key has 1 to {_LONGEST_KEY} characters",
            redact(key), "换一个键，或不带键", "use another key, or none",
        )
    ]  # fmt: skip


def _untimely(session: Session, issuer: Issuer, now: datetime) -> list[Problem]:
    """That a version was confirmed or is final, beside which no other can be pushed; and, where there is a deadline, that the
    clock which says it is not over cannot be believed.
    """
    problems = [
        Problem(
            "LIST_SETTLED", "issuer", f"名单 {row.receipt} 已确认或终定，不能再交新版本", f"{row.receipt} is {row.state}",
            row.state, "确需更正时先撤回已确认的名单；终定后只能由国家组委会勘误", "withdraw it first; a final one only gets an erratum",
        )
        for row in ListStore(session, Scope(issuer.region)).versions(issuer=issuer.code) if row.state in SETTLED
    ]  # fmt: skip
    if rules_of(session, issuer).deadline is not None:
        try:
            believed(session, now)
        except RequestError as error:
            problems += error.problems
    return problems

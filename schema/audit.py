"""The record that cannot be bent: who did what, when and why, each record's digest over the one before it.

A change to a record breaks its digest; one that is taken out breaks the digest of the next. Whoever rewrites the whole rest
of the chain is found by a seal: number of records, last digest and time, signed where the hub has a key, and kept outside
the database as well. Pure; `sync.audit` stores it.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple, Self

from schema.errors import Problem, RequestError

FIRST: Final = "0" * 64  # stands for the digest before the first record
_CHAIN: Final = b"dexhub audit record 1"
_TIME: Final = "%Y%m%dT%H%M%S.%fZ"
_SEAL = re.compile(r"DEXHUB-SEAL:(\d+):(\d{8}T\d{6}\.\d{6}Z):([0-9a-f]{64}):([a-z0-9]*):([0-9a-f]*)")


class AuditAction(StrEnum):
    """What was done. Each is one act of a person, or what the hub did because of one."""

    KEY_CREATED = "KEY_CREATED"
    KEY_ROTATED = "KEY_ROTATED"
    KEY_REVOKED = "KEY_REVOKED"
    BACKUP_MADE = "BACKUP_MADE"
    TOKENS_DELETED = "TOKENS_DELETED"  # the personal tokens of an edition that is over
    RETENTION_APPLIED = "RETENTION_APPLIED"  # what was kept longer than it may be
    REGISTER_CHANGED = "REGISTER_CHANGED"
    WAIVER_GRANTED = "WAIVER_GRANTED"
    WAIVER_REVOKED = "WAIVER_REVOKED"
    GUARD_OVERRIDDEN = "GUARD_OVERRIDDEN"
    CASE_DECIDED = "CASE_DECIDED"
    CASE_REOPENED = "CASE_REOPENED"  # detection found new evidence in a decided case
    CASE_RESTORED = "CASE_RESTORED"  # that evidence went, and the decision stands again
    LIST_CHANGED = "LIST_CHANGED"  # a recommended list went from one state of its life to another
    QUOTA_SET = "QUOTA_SET"
    ROSTER_COMPUTED = "ROSTER_COMPUTED"  # something that goes into the roster changed, and it has a new version
    ROSTER_PROMOTED = "ROSTER_PROMOTED"  # an alternate moved up in that version; one record for each
    ROSTER_DECIDED = "ROSTER_DECIDED"  # the organiser's own word on entries
    ROSTER_FROZEN = "ROSTER_FROZEN"
    ROSTER_REOPENED = "ROSTER_REOPENED"
    ROSTER_FINAL = "ROSTER_FINAL"
    ROSTER_ERRATUM = "ROSTER_ERRATUM"
    PUBLICITY_OPENED = "PUBLICITY_OPENED"
    OBJECTION_FILED = "OBJECTION_FILED"
    OBJECTION_DECIDED = "OBJECTION_DECIDED"
    CLOCK_ACCEPTED = "CLOCK_ACCEPTED"  # the clock stands before the newest record and is right all the same


class Record(NamedTuple):
    """One record. `change` is canonical JSON: what was and what became, without anything personal."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    change: str


def record_digest(previous: str, record: Record) -> str:
    """SHA-256 over the digest before and every field, each with its length in front, so that no two different records
    can be written with the same bytes.
    """
    fields = (
        previous, str(record.sequence), record.at.astimezone(UTC).strftime(_TIME), record.actor, record.action,
        record.subject, record.reason, record.change,
    )  # fmt: skip
    parts = [_CHAIN]
    for each in fields:
        content = each.encode()
        parts += (len(content).to_bytes(8, "big"), content)
    return hashlib.sha256(b"".join(parts)).hexdigest()


class Signer:
    """Signs under a key of the hub's own, derived from its key of tokens so that neither serves for the other. Whoever
    holds the key can check a signature, and could make one: it binds the database, not the holder of the key.
    """

    def __init__(self, key: bytes, key_id: str, former: Mapping[str, bytes] | None = None) -> None:
        keys = {**(former or {}), key_id: key}
        self._keys = {name: hmac.digest(each, b"dexhub signatures", "sha256") for name, each in keys.items()}
        self.key_id = key_id

    def knows(self, key_id: str) -> bool:
        """Whether what was signed with the key of this id can be checked: it is the present one, or a former one."""
        return key_id in self._keys

    def signature(self, content: bytes) -> str:
        """HMAC-SHA256 in hexadecimal digits."""
        return self._signed(self.key_id, content)

    def made(self, content: bytes, signature: str, key_id: str) -> bool:
        """Whether the key of this id, which must be known, made the signature."""
        return hmac.compare_digest(self._signed(key_id, content), signature)

    def _signed(self, key_id: str, content: bytes) -> str:
        return hmac.digest(self._keys[key_id], content, "sha256").hex()


@dataclass(frozen=True, slots=True)
class Seal:
    """That `count` records stood at `at` and the last had the digest `head`. Without a key the signature is empty."""

    count: int
    at: datetime
    head: str
    key_id: str = ""
    signature: str = ""

    @classmethod
    def make(cls, count: int, at: datetime, head: str, signer: Signer | None) -> Self:
        """Signed where there is a key."""
        bare = cls(count, at, head, signer.key_id if signer else "")
        signature = signer.signature(bare.content) if signer else ""
        return cls(count, at, head, bare.key_id, signature)

    @property
    def content(self) -> bytes:
        """What is signed."""
        return f"{self.count}:{self.at.astimezone(UTC).strftime(_TIME)}:{self.head}:{self.key_id}".encode()

    def __str__(self) -> str:
        return f"DEXHUB-SEAL:{self.content.decode()}:{self.signature}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """A seal as a receipt or a file of seals gives it."""
        found = _SEAL.fullmatch(text.strip())
        if found is None:
            raise RequestError(
                Problem(
                    "SEAL_INVALID", "seal", "不是本系统的封印", "not a seal of this hub", text[:80],
                    "照抄回执上 DEXHUB-SEAL: 开头的整行", "copy the whole line that begins with DEXHUB-SEAL:",
                )
            )  # fmt: skip
        count, at, head, key_id, signature = found.groups()
        return cls(int(count), datetime.strptime(at, _TIME).replace(tzinfo=UTC), head, key_id, signature)

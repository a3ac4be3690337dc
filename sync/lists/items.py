"""The rows of a list, and the canonical JSON in which a version is sealed."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
import rfc8785

from schema.provenance import CHINA
from sync.lists.findings import Finding
from sync.tables import ListRow


@dataclass(frozen=True, slots=True)
class ListItem:
    """One row of a list: rank from 1, the entry's id, and the national track that is declared, if one is. `title` is what
    the clerk takes the entry to be called; `remark` is kept as it came.
    """

    rank: int
    entry_id: str
    national_track: str | None = None
    title: str | None = None
    remark: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """As it is sealed. Title and remark stand there only where they were given."""
        made: dict[str, Any] = {"rank": self.rank, "entryId": self.entry_id, "nationalTrack": self.national_track}
        more = (("title", self.title), ("remark", self.remark))
        return made | {name: value for name, value in more if value is not None}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The issuer says of findings that are to be confirmed that it knows and stands by the row, and why. Without `code` it
    is about findings of any kind, without `item` (1-based, as in `Finding`) about every row.
    """

    reason: str
    code: str | None = None
    item: int | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding."""
        return self.code in (None, finding.code) and self.item in (None, finding.item) and bool(self.reason.strip())


@dataclass(frozen=True, slots=True)
class Seal:
    """What is fixed of a version for good."""

    receipt: str
    digest: str
    content: str


def seal(
    issuer: str, version: int, items: Sequence[ListItem], confirmed: Sequence[Finding], *, by: str, at: datetime
) -> Seal:
    """The version's canonical JSON (RFC 8785), the SHA-256 over its UTF-8 bytes, and a receipt number that begins with them.
    Rows stand in order of rank, so the order in which they were sent does not matter.
    """
    content = rfc8785.dumps(
        {
            "issuer": issuer,
            "version": version,
            "submittedBy": by,
            "submittedAt": at.astimezone(CHINA).isoformat(timespec="seconds"),
            "items": [item.as_dict() for item in sorted(items, key=lambda item: item.rank)],
            "confirmed": [
                {"rank": items[finding.item - 1].rank if finding.item else None, "code": finding.code,
                 "value": finding.value, "reason": finding.confirmed}
                for finding in confirmed
            ],
        }
    )  # fmt: skip
    digest = hashlib.sha256(content).hexdigest()
    return Seal(f"TJ-{issuer}-{version:03d}-{digest[:8].upper()}", digest, content.decode())


def items_of(row: ListRow) -> list[ListItem]:
    """The items of a sealed version, by rank."""
    return [
        ListItem(item["rank"], item["entryId"], item["nationalTrack"], item.get("title"), item.get("remark"))
        for item in orjson.loads(row.content)["items"]
    ]


def fingerprint(issuer: str, items: Sequence[ListItem], confirmations: Sequence[Confirmation]) -> str:
    """SHA-256 over what a push asks for, so that the same key with other content can be told."""
    asked: dict[str, Any] = {
        "issuer": issuer,
        "items": [item.as_dict() for item in items],
        "confirmations": [asdict(each) for each in confirmations],
    }
    return hashlib.sha256(rfc8785.dumps(asked)).hexdigest()

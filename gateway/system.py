"""How the hub itself is: database, scheduler, backups, keys, certificates, and whether the record of changes is whole."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import orjson
import strawberry

from adapters.registry import folder_named
from gateway import facts
from gateway.access import NATIONAL, Access
from gateway.context import Context
from gateway.entries import beijing
from gateway.operations import Problem
from schema.types.catalogue import Region
from schema.vocabulary import Role
from sync import revision
from sync.audit import seals_in
from sync.audit_verification import Verification
from sync.audit_verification import verify as verify_chain
from sync.backup import newest_backup_age
from sync.database import Session
from sync.repository.jobs import JobStore
from sync.repository.keys import KeyStore
from sync.tables import ApiKeyRow

Info = strawberry.Info[Context]


@strawberry.type(description="一把密钥；密钥本身不保存 / A key; the key itself is not stored")
class ApiKey:
    """By its public prefix."""

    prefix: strawberry.ID
    name: str
    role: Role
    region: Region | None
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: ApiKeyRow) -> "ApiKey":
        """From its row."""
        return cls(
            prefix=strawberry.ID(row.prefix),
            name=row.name,
            role=Role(row.role),
            region=facts.region_types().get(row.region or ""),
            scopes=row.scopes,
            created_at=beijing(row.created_at),
            expires_at=beijing(row.expires_at) if row.expires_at else None,
            last_used_at=beijing(row.last_used_at) if row.last_used_at else None,
            revoked_at=beijing(row.revoked_at) if row.revoked_at else None,
        )


@strawberry.type(description="系统状况 / How the hub is")
class Health:
    """As it was just looked up."""

    database: str
    revision: str | None
    needed_revision: str
    scheduler_seen_at: datetime | None = strawberry.field(
        description="定时作业最近一次开始 / When a scheduled job last began"
    )
    backup_age_minutes: int | None = strawberry.field(
        description="最近备份的年龄；未配置为空 / Age of the newest backup"
    )
    seals_file: bool = strawberry.field(description="是否在库外保存封印 / Whether seals are kept outside the database")
    keys: list[ApiKey]


@strawberry.type(description="变更记录的核对结果 / What checking the record of changes found")
class RecordVerification:
    """No problems: whole."""

    records: int
    seals: int
    checked: int = strawberry.field(description="核对过签名的封印数 / Seals whose signature was checked")
    head: str
    problems: list[Problem]

    @classmethod
    def of(cls, found: Verification) -> "RecordVerification":
        """From the record."""
        problems = [Problem.of(each) for each in found.problems]
        return cls(records=found.records, seals=found.seals, checked=found.checked, head=found.head, problems=problems)


@strawberry.type(description="一份适配器检查证书 / A certificate of an adapter's check")
class Certificate:
    """`isCurrent`: the region's folder is still the one that was checked."""

    region: Region | None
    name: str
    conforms: bool
    is_current: bool
    checked_at: datetime
    against: str
    passed: int
    failed: int
    exempt: int


@strawberry.type
class SystemQueries:
    """What `Query` has of them."""

    @strawberry.field(
        description="系统状况；仅组委会 / How the hub is; for the national organiser",
        extensions=[Access(NATIONAL, cost=50)],
    )
    async def health(self, info: Info) -> Health:
        """Nothing in it is secret, and none of it anybody else's business."""
        hub = info.context.hub

        def work(session: Session) -> Health:
            jobs, keys = JobStore(session).all(), KeyStore(session).all()
            began = max((job.started_at for job in jobs if job.started_at), default=None)
            age = newest_backup_age(hub.settings.backup_folder, datetime.now(UTC))
            return Health(
                database=hub.database.name,
                revision=revision.stored(hub.database),
                needed_revision=revision.needed(),
                scheduler_seen_at=beijing(began) if began else None,
                backup_age_minutes=int(age.total_seconds() // 60) if age is not None else None,
                seals_file=hub.settings.seals_file is not None,
                keys=[ApiKey.of(row) for row in keys],
            )

        return await info.context.read(work)

    @strawberry.field(
        description="逐条核对变更记录和封印；仅组委会 / Check the whole record and its seals; for the organiser",
        extensions=[Access(NATIONAL, cost=20_000)],
    )
    async def verify_records(self, info: Info) -> RecordVerification:
        """100,000 records take 1.5 s."""
        settings = info.context.hub.settings
        path = settings.seals_file
        outside = await asyncio.to_thread(seals_in, path) if path is not None and path.exists() else []
        found = await info.context.read(lambda session: verify_chain(session, settings.signer_if_any(), outside))
        return RecordVerification.of(found)

    @strawberry.field(description="适配器检查证书 / Certificates of adapters", extensions=[Access(cost=20, size=5)])
    async def certificates(self, info: Info) -> list[Certificate]:
        """Those in the configured folder, newest first; of the regions in scope."""
        folder, scope = info.context.hub.settings.certificates_folder, info.context.scope
        found = await asyncio.to_thread(_certificates, folder) if folder is not None else []
        return [each for each in found if scope.region is None or (each.region and scope.covers(each.region.code))]


def _certificates(folder: Path) -> list[Certificate]:
    made = [_certificate(orjson.loads(path.read_bytes())) for path in folder.glob("*.json")]
    return sorted(made, key=lambda each: each.checked_at, reverse=True)


def _certificate(content: dict[str, object]) -> Certificate:
    from adapters.conformance.report import digest  # noqa: PLC0415  it brings the simulated platforms with it

    name = str(content["region"])
    place = folder_named(name)
    rules = content["rules"] if isinstance(content["rules"], list) else []
    results = [str(rule["result"]).upper() for rule in rules]
    return Certificate(
        region=next((region for region in facts.region_types().values() if region.slug == name), None),
        name=name,
        conforms=bool(content["conforms"]),
        is_current=place is not None and digest(place) == content["manifest_digest"],
        checked_at=beijing(datetime.fromisoformat(str(content["checked_at"]))),
        against=str(content["against"]),
        passed=results.count("PASSED"),
        failed=results.count("FAILED"),
        exempt=results.count("EXEMPT"),
    )

"""Claims: which process does a job now. Held in the database, so it holds between machines.

A claim has a fencing token that rises each time. Every transaction that writes on behalf of a run first confirms its claim,
which locks the job's row until it commits: a process that was frozen past its lease and wakes finds another token there
and writes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from schema.errors import DexhubError, Problem
from sync.database import Database, Session
from sync.repository.jobs import JobStore


class LeaseLostError(DexhubError):
    """Another process has taken the job over, or it was stopped; this one must not write any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that was given."""

    job: str
    token: int


class Leases:
    """Gives, renews and takes back claims for one holder."""

    def __init__(self, database: Database, holder: str, seconds: float) -> None:
        self._database = database
        self._holder = holder
        self._length = timedelta(seconds=seconds)
        self.heartbeat = seconds / 3  # seconds between renewals

    def claim(self, job: str, *, only_if_due: bool = False) -> Claim | None:
        """Claim a job that nobody holds, or whose holder has been silent too long; None where it cannot be had. Does not wait
        for a holder that is writing: on PostgreSQL not at all, on SQLite until whoever writes anything has done so.
        """
        with self._database.write() as session:
            token = JobStore(session).claim(job, self._holder, self._length, only_if_due=only_if_due)
        return None if token is None else Claim(job, token)

    def confirm(self, session: Session, claim: Claim) -> None:
        """Within a write transaction: renew the claim and keep its row locked until the commit, or raise."""
        if not JobStore(session).renew(claim.job, claim.token, self._length):
            raise LeaseLostError(
                Problem(
                    "LEASE_LOST",
                    claim.job,
                    zh="该任务已被另一进程接管或已被停止，本进程不再写入",
                    en="another process has taken this job over, or it was stopped; nothing more was written",
                    remedy_zh="无需处理；若经常发生，请增大 DEXHUB_LEASE_SECONDS",
                    remedy_en="nothing to do; if it happens often, raise DEXHUB_LEASE_SECONDS",
                )
            )

    def renew(self, claim: Claim) -> None:
        """Renew on its own, between writes."""
        with self._database.write() as session:
            self.confirm(session, claim)

    def release(
        self, claim: Claim, outcome: str, problems: Sequence[Mapping[str, Any]] = (), due_at: datetime | None = None
    ) -> bool:
        """End a claim with its outcome, and say when the job is due next; False where the claim was lost meanwhile."""
        with self._database.write() as session:
            return JobStore(session).release(claim.job, claim.token, outcome, problems, due_at)

"""Finds what was changed, taken out or cut off in the record of changes, and names the first record that is not as it was.

The chain alone finds any record that differs from its digest or its neighbours. Who rewrites a record and every digest
after it is found by the first seal that says otherwise; the record then lies between that seal and the one before.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from schema.audit import FIRST, Seal, Signer, record_digest
from schema.errors import Problem
from sync.database import Session
from sync.repository.audit import AuditStore

_ASK = ("与备份核对该记录，查明经手人", "compare the record with a backup and find out who had access")


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what is wrong: nothing, or one problem for the chain and one for each seal that fails.
    `checked` of the seals had a signature of the key at hand.
    """

    records: int
    head: str
    seals: int
    checked: int
    problems: tuple[Problem, ...]


def verify(session: Session, signer: Signer | None, outside: Iterable[Seal] = ()) -> Verification:
    """Check the whole chain against itself, its head, its own seals and those given from outside."""
    store = AuditStore(session)
    seals = sorted({*store.seals(), *outside}, key=lambda seal: (seal.count, seal.at))
    wanted = {seal.count: "" for seal in seals}
    count, digest = 0, FIRST
    broken: Problem | None = None
    with closing(store.walk()) as chain:
        for made, previous, own in chain:
            if made.sequence != count + 1:
                broken = _problem("RECORD_MISSING", count + 1, "记录缺失", "this record is missing")
            elif record_digest(previous, made) != own:
                broken = _problem("RECORD_CHANGED", made.sequence, "记录被改动", "this record was changed")
            elif previous != digest:  # it is whole in itself, so the one before it is another than it was made after
                broken = _problem("RECORD_CHANGED", max(count, 1), "记录被改动", "this record was changed")
            if broken is not None:
                break
            count, digest = made.sequence, own
            if count in wanted:
                wanted[count] = own
    if broken is None:
        broken = _cut_off(store.head(), count, digest)
    checked, failed = _seals(seals, wanted, count, signer, chain_is_whole=broken is None)
    return Verification(count, digest, len(seals), checked, (*([broken] if broken else []), *failed))


def _cut_off(head: tuple[int, str], count: int, digest: str) -> Problem | None:
    if head[0] > count:
        return _problem(
            "RECORD_MISSING", count + 1, "其后的记录被截去", f"cut off from here on; there were {head[0]} records"
        )
    if head != (count, digest):
        return _problem(
            "RECORD_CHANGED", max(count, 1), "末条与链尾不符", "the last record is not the one noted as last"
        )
    return None


def _seals(
    seals: list[Seal], found: dict[int, str], count: int, signer: Signer | None, *, chain_is_whole: bool
) -> tuple[int, list[Problem]]:
    """How many signatures were checked, and the seals that fail. A seal over records that were not reached, because the
    chain is broken before them, says nothing new.
    """
    checked, good, failed = 0, 0, []
    for seal in seals:
        if signer is not None and signer.knows(seal.key_id):
            checked += 1
            if not signer.made(seal.content, seal.signature, seal.key_id):
                failed.append(
                    _problem("SEAL_FORGED", seal.count, "封印签名不符", "this seal was not signed by this key")
                )
                continue
        if seal.count > count:
            if chain_is_whole:
                zh, en = "其后的记录被截去", f"cut off from here on; a seal of {seal.count} records says so"
                failed.append(_problem("RECORD_MISSING", count + 1, zh, en))
            break
        if found[seal.count] != seal.head:
            zh = f"第 {good + 1} 至 {seal.count} 条之间有记录被改写并重新成链"
            en = f"records {good + 1} to {seal.count} were rewritten, digests and all: the seal over them differs"
            failed.append(_problem("RECORD_CHANGED", good + 1, zh, en))
            break
        good = seal.count
    return checked, failed


def _problem(code: str, number: int, zh: str, en: str) -> Problem:
    return Problem(code, f"第 {number} 条 record {number}", zh, en, str(number), *_ASK)

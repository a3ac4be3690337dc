"""Which clauses a case would break: each region's own, found by asking the clauses themselves.

No table says which kind of case breaks which clause. An entry is judged once beside nothing and once beside the other entry
with what the case says they share; clauses that answer differently are the ones. So a new region's clauses are linked by
being written, and the words "only in one city" or "at the same time" count as they do everywhere else.
"""

from collections.abc import Iterable, Mapping

from adapters.registry import regions
from schema.eligibility import judge
from schema.facts import Facts, Peer
from schema.identifiers import REGIONS
from schema.records import Entry
from schema.vocabulary import CaseKind, Verdict
from sync.entry_facts import region_facts
from sync.peers import MEANS

_EVERYWHERE = frozenset(REGIONS)


def clauses_broken(
    kind: CaseKind, pairs: Iterable[tuple[str, str]], entries: Mapping[str, Entry]
) -> list[dict[str, str]]:
    """Region and id of each clause that these pairs would break if they are what `kind` says; in order. A region that is
    not connected (any more) has no clauses.
    """
    sides = [(entries[one], entries[two]) for pair in pairs for one, two in (pair, pair[::-1])]
    judged = [(mine, other) for mine, other in sides if mine.region in regions()]
    found = {(mine.region, clause) for mine, other in judged for clause in _broken(kind, mine, other)}
    return [{"region": region, "id": clause} for region, clause in sorted(found)]


def _broken(kind: CaseKind, mine: Entry, other: Entry) -> list[str]:
    shares = frozenset({MEANS[kind]})
    known = (other.id, other.region, other.topic_id, other.title, shares, other.city, other.status)
    peer = Peer(*known, updated_at=other.updated_at)
    alone, beside = (_verdicts(mine, peers) for peers in ((), (peer,)))
    return [clause for clause, verdict in beside.items() if verdict not in (Verdict.MET, alone[clause])]


def _verdicts(entry: Entry, peers: tuple[Peer, ...]) -> dict[str, Verdict]:
    region = region_facts(entry.region)
    known = Facts(entry=entry, peers=peers, compared_regions=_EVERYWHERE, topics=region.topics)
    about_peers = [clause for clause in region.law.clauses if "peers" in clause.inputs]
    return {one.clause_id: one.verdict for one in judge(known, about_peers)}

"""How long the clauses take: all of them for 25,000 generated entries, on one core, in process time.

Run `python tests/benchmark/clauses.py [entries]`. The bound is the promise of the design: 10 s, that is 400 µs an entry.
"""

import asyncio
import sys
import time
from statistics import mean

from adapters.conformance.subject import TOKENS
from adapters.registry import regions, sandbox
from adapters.sandbox.corpus import generate
from adapters.sandbox.serve import serving
from adapters.source import Position
from adapters.transport import Limits, open_transport
from schema.eligibility import Law
from schema.facts import Facts, History, Hit, Span
from schema.records import Entry
from schema.vocabulary import Register

FORM = {f"F{number:03d}": "数据要素" * 60 for number in range(1, 80)}


async def entries(total: int) -> list[Entry]:
    """Entries as they come through the adapters."""
    adapters = {adapter.manifest.slug: adapter for adapter in regions().values()}
    profiles = [sandbox(slug).SandboxPlatform.profile(adapter) for slug, adapter in adapters.items()]
    corpus = generate(profiles, dict.fromkeys(adapters, total // len(adapters)), 1)
    sites = [sandbox(slug).SandboxPlatform(adapters[slug], made, 1) for slug, made in corpus.registrations.items()]
    found: list[Entry] = []
    async with serving(sites) as endpoints, open_transport(Limits()) as transport:
        for slug, adapter in adapters.items():
            async for page in adapter.pull(transport, endpoints[slug], Position(), TOKENS, {}):
                found += [row.record for row in page.mapped if isinstance(row.record, Entry)]
    return found


def facts_of(entry: Entry, *, with_form: bool) -> Facts:
    """As a hub knows an entry in mid-season: every register maintained, compared, followed from the start."""
    return Facts(
        entry,
        registers=REGISTERS,
        peers=(),
        compared_regions=frozenset(regions()),
        history=History(entry.submitted_at),
        form=FORM if with_form else None,
        documents=() if with_form else None,
        calendar=CALENDARS[entry.region],
        topics=TOPICS[entry.region],
    )


REGISTERS: dict[Register, tuple[Hit, ...]] = dict.fromkeys(Register, ())
CALENDARS = {
    code: {item.id: Span(item.start, item.end) for item in adapter.catalogue.facts.timeline}
    for code, adapter in regions().items()
}
TOPICS = {code: frozenset(topic.id for _, topic in adapter.catalogue.topics()) for code, adapter in regions().items()}


def main() -> None:
    """Print both figures: entries as platforms send them, and with a filled-in form each."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 25_000
    made = asyncio.run(entries(total))
    laws = {code: Law(adapter.catalogue.clauses) for code, adapter in regions().items()}
    for with_form in (False, True):
        facts = [facts_of(entry, with_form=with_form) for entry in made]
        start = time.process_time()
        judged = [len(laws[one.entry.region].judge(one)) for one in facts]
        spent = time.process_time() - start
        each = spent / len(facts) * 1e6
        said = "with a form of 79 fields" if with_form else "as platforms send them"
        print(f"{len(facts):,} entries {said}: {spent:.2f} s, {each:.0f} µs an entry, {mean(judged):.1f} clauses each")
        print(f"  {spent / (len(facts) * 400e-6):.2f} of the bound of 400 µs an entry")


if __name__ == "__main__":
    main()

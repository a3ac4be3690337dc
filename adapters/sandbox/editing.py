"""Teams that go on editing their entries while a platform is served."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Corpus


class Editor:
    """Changes sound entries one after the other, region by region in turn, each a second after all that was before."""

    def __init__(self, content: Corpus, sites: Sequence[Platform]) -> None:
        sound = [
            [(site, made) for made in content.registrations[site.adapter.manifest.slug] if made.flaw is None]
            for site in sites
        ]
        self._waiting = (each for turn in zip(*sound, strict=False) for each in turn)
        self._now = max(made.updated_at for region in sound for _, made in region)

    def edit(self, number: int) -> int:
        """Change the summaries of so many entries; how many there were left to change."""
        part = list(islice(self._waiting, number))
        for site, made in part:
            self._now += timedelta(seconds=1)
            site.put(replace(made, summary=f"（修订）{made.summary}", updated_at=self._now))
        for site in {id(site): site for site, _ in part}.values():
            site.warm()
        return len(part)

"""The predicate on government bodies and institutions: which tracks a notice opens to them."""

from typing import Final

from schema.facts import Facts
from schema.predicates.finding import Finding, Predicate, met, named, not_met, unknown
from schema.predicates.organisations import OPEN_KINDS, authority
from schema.records import Organisation
from schema.vocabulary import OrganisationKind

# GB 32100-2015, first two signs: registered by 机构编制 as a state organ or as an institution.
_BODIES: Final = {"11": OrganisationKind.GOVERNMENT, "12": OrganisationKind.INSTITUTION}


class GovernmentTracks(Predicate):
    """各级政府部门及事业单位 … 可参与城市治理 … 等赛道 (五（一）5 or 六（一）5).

    `tracks` and `topics` are those the words name, `unclear` topics that may be meant. Institutions are admitted to the
    contest without limit by another clause of the same notice, so for them the limit is a question to the organiser; for a
    government body it is a bar. `place` is the code of the region whose bodies alone the clause names: of another region's
    it says nothing, on no track. Universities and research institutes stand apart in the notices' own list of kinds.

    >>> GovernmentTracks(tracks=("T1",))(known(kind="INSTITUTION", track="T2")).verdict.value
    'UNDETERMINED'
    """

    tracks: tuple[str, ...]
    topics: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    place: str | None = None

    @property
    def inputs(self) -> frozenset[str]:
        """The organisations, track and topic."""
        return frozenset({"entry.organisations", "entry.track_id", "entry.topic_id"})

    @property
    def names(self) -> frozenset[str]:
        """Every track and topic it mentions."""
        return frozenset((*self.tracks, *self.topics, *self.unclear))

    def __call__(self, facts: Facts) -> Finding:
        """Kinds count, and where a kind says nothing the registry of the credit code."""
        entry, field = facts.entry, "track"
        bodies = [(unit, body) for unit in entry.organisations if (body := self._body(unit)) is not None]
        if entry.track_id in self.tracks or entry.topic_id in self.topics:
            strange = [
                u.name for u, body in bodies if body is not OrganisationKind.INSTITUTION and not self._is_here(u)
            ]
            if strange:
                zh = f"本条只准本省政府部门参与所列赛道；{named(strange)}是否为本省政府部门，信用代码未能证明，请组委会确认"
                en = f"only this province's government bodies are named; that {named(strange)} is one is not shown"
                return unknown(field, zh, en)
            return met(
                field, "所选赛道向政府部门和事业单位开放", "the track is open to government bodies and institutions"
            )
        here = [unit.name for unit, body in bodies if body is OrganisationKind.GOVERNMENT and self._is_here(unit)]
        if here and entry.topic_id not in self.unclear:
            zh = (
                f"政府部门仅可参与通知所列赛道；{named(here)}报名的赛道不在其中（所列以“等”字结尾，可由组委会另行决定）"
            )
            en = f"government bodies may enter the tracks named only; {named(here)} entered another (the list ends with 等)"
            return not_met(field, zh, en)
        if nameless := [unit.name for unit, body in bodies if body is OrganisationKind.OTHER]:
            zh = f"{named(nameless)}未填单位性质，无法判断是否为政府部门或事业单位；请补充"
            return unknown(
                field, zh, f"{named(nameless)}: kind not given, so it may be a government body or institution"
            )
        if bodies:
            found = named(unit.name for unit, _ in bodies)
            zh = f"{found}的单位性质与所报赛道是否相容，通知未说清（一处准予参赛，一处限定赛道）；请组委会确认"
            en = f"{found}: admitted by one clause, limited to certain tracks by another; to be confirmed"
            return unknown(field, zh, en)
        return met(field, "参赛单位中没有政府部门或事业单位", "no government body or institution takes part")

    def _body(self, unit: Organisation) -> OrganisationKind | None:
        """GOVERNMENT or INSTITUTION; OTHER for what cannot be told; None for the rest."""
        if unit.kind in (OrganisationKind.GOVERNMENT, OrganisationKind.INSTITUTION):
            return unit.kind
        if unit.kind not in OPEN_KINDS:
            return None
        registry = authority(unit) or ""
        return _BODIES.get(registry, None if unit.kind and registry else OrganisationKind.OTHER)

    def _is_here(self, unit: Organisation) -> bool:
        if self.place is None:
            return True
        return authority(unit) is not None and (unit.credit_code or "")[2:4] == self.place

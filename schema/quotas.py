"""The rules by which a list is judged: what its notice prints, over what holds for all until the organiser says otherwise."""

from functools import cache

from schema.catalogue import NoticeFacts
from schema.fact_file import NATIONAL, read_facts
from schema.provenance import Fact
from schema.selection import Basis, LowerListFacts, SelectionFacts

__all__ = ["Basis", "Quota", "default_selection", "lower_lists", "quota_of", "selection_of"]


class Quota(Fact):
    """How many entries of a list have a place, and why; and how many of one national track, where a rule that binds says so."""

    total: int
    basis: Basis
    reason_zh: str
    reason_en: str
    per_track: int | None = None


class _QuotaFile(Fact):
    default: SelectionFacts


@cache
def default_selection() -> SelectionFacts:
    """What holds for a region's list to the national final where its notice says nothing."""
    return read_facts(NATIONAL / "quotas.toml", _QuotaFile).default


def selection_of(facts: NoticeFacts) -> SelectionFacts:
    """The rules of the region's own list: printed ones before the national default, rule by rule."""
    printed = facts.selection or SelectionFacts()
    said = {name: value for name in SelectionFacts.model_fields if (value := getattr(printed, name))}
    return default_selection().model_copy(update=said)


def lower_lists(facts: NoticeFacts) -> dict[str, LowerListFacts]:
    """The lists that come from below the region, by the code of whoever issues them."""
    return {each.code: each for each in facts.lower_lists}


def quota_of(selection: SelectionFacts) -> Quota:
    """How many of a list have a place. Places of a track that are only inferred doubt a list and bar nobody."""
    total = selection.total
    if total is None:
        raise ValueError("the rules of a region's list always have a total, if only by default")
    track = selection.per_track
    per_track = track.most if track is not None and track.binding else None
    return Quota(total=total.most, basis=total.basis, reason_zh=total.zh, reason_en=total.en, per_track=per_track)

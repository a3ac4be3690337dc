"""The words of the roster of the national final."""

from enum import StrEnum


class RosterStage(StrEnum):
    """How far the roster as a whole has come. Above each member stands what may still change it."""

    # Lists, judgements, cases, quotas and the organiser's decisions.
    OPEN = "OPEN"
    # Nothing, until it is opened again with a reason or becomes final.
    FROZEN = "FROZEN"
    # An erratum, signed, and nothing else.
    FINAL = "FINAL"


class RosterAct(StrEnum):
    """The organiser's own word on an entry; the last one holds."""

    EXCLUDE = "EXCLUDE"  # it does not go to the final: rejected by the substantive review, an objection upheld
    HOLD = "HOLD"  # it keeps its place and is not named until something is settled
    CLEAR = "CLEAR"  # what was said before is taken back; it stands where everything else puts it


class RosterReason(StrEnum):
    """Why an item stands where it stands. Where several reasons hold, the first of this order is given."""

    ENTRY_GONE = "ENTRY_GONE"  # excluded: withdrawn, eliminated, or not in the hub any more
    ORGANISER_EXCLUDED = "ORGANISER_EXCLUDED"  # excluded by the organiser's decision
    CASES_CONTRADICT = (
        "CASES_CONTRADICT"  # held: confirmed cases drop each of some entries in favour of another of them
    )
    DUPLICATE = "DUPLICATE"  # excluded: a confirmed case keeps another entry
    CLAUSE_NOT_MET = "CLAUSE_NOT_MET"  # excluded: a clause is not met and not waived
    QUOTA_FULL = "QUOTA_FULL"  # alternate
    TRACK_FULL = "TRACK_FULL"  # alternate: its national track has no place left, where a rule counts places by track
    ORGANISER_HELD = "ORGANISER_HELD"  # held by the organiser's decision
    CASE_OPEN = "CASE_OPEN"  # held: a duplicate case is not decided
    WITHIN_QUOTA = "WITHIN_QUOTA"  # included

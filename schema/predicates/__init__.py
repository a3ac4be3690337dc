from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schema.predicates.finding import Finding, Predicate
from schema.predicates.form import FormComplete, FormLeast, FormLimit, FormLimits, FormSections
from schema.predicates.government import GovernmentTracks
from schema.predicates.organisations import (
    LegalPerson,
    MaxOrganisations,
    NamedLead,
    NotAnOrganiser,
    NotOnRegisters,
)
from schema.predicates.papers import InUse, OwnPapers, OwnRights, PapersComplete
from schema.predicates.teams import (
    MaxRepresentatives,
    OneProjectPerTeam,
    OneTeamPerRepresentative,
    OneTopicPerProject,
    OnlyHere,
)
from schema.predicates.topics import OpenTopic, StandingSubTopic, SubmittedWithin, Unchanged
from schema.predicates.winners import NotAWinner, WinnerImproved

# The closed set, by the names that clauses use.
PREDICATES: Final[Mapping[str, type[Predicate]]] = MappingProxyType(
    {
        "form_complete": FormComplete,
        "form_least": FormLeast,
        "form_limit": FormLimit,
        "form_limits": FormLimits,
        "form_sections": FormSections,
        "government_tracks": GovernmentTracks,
        "in_use": InUse,
        "legal_person": LegalPerson,
        "max_organisations": MaxOrganisations,
        "max_representatives": MaxRepresentatives,
        "named_lead": NamedLead,
        "not_a_winner": NotAWinner,
        "not_an_organiser": NotAnOrganiser,
        "not_on_registers": NotOnRegisters,
        "one_project_per_team": OneProjectPerTeam,
        "one_team_per_representative": OneTeamPerRepresentative,
        "one_topic_per_project": OneTopicPerProject,
        "only_here": OnlyHere,
        "open_topic": OpenTopic,
        "own_papers": OwnPapers,
        "own_rights": OwnRights,
        "papers_complete": PapersComplete,
        "standing_sub_topic": StandingSubTopic,
        "submitted_within": SubmittedWithin,
        "unchanged": Unchanged,
        "winner_improved": WinnerImproved,
    }
)
__all__ = ["PREDICATES", "Finding", "Predicate"]

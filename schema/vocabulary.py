"""Closed lists. Above each member stands its boundary: what belongs to it, and what does not."""

from enum import StrEnum


class Stage(StrEnum):
    """How far an entry has come in its province's contest. Order is the order of the contest."""

    # Registered on the platform; nobody has looked at it yet.
    REGISTERED = "REGISTERED"
    # The organiser is checking, or has checked, form and conditions (资格审查, 报名审核); not yet judged.
    QUALIFICATION = "QUALIFICATION"
    # In a city's or county's own round below the province (市州初赛); Hunan only so far.
    CITY = "CITY"
    # In the province's first judged round (初赛), on paper or on line.
    PRELIMINARY = "PRELIMINARY"
    # Technical verification (技术验证, 核验), where it is a step of its own between the rounds.
    VERIFICATION = "VERIFICATION"
    # In the province's final (决赛, 现场演示答辩, 路演).
    FINAL = "FINAL"
    # Results stand and are open to objection (公示).
    PUBLICITY = "PUBLICITY"
    # Publicity over, award given (获奖, 颁奖).
    AWARDED = "AWARDED"


class EntryStatus(StrEnum):
    """Whether an entry is still in the contest, apart from how far it has come."""

    # Takes part.
    ACTIVE = "ACTIVE"
    # Judged and not promoted (未晋级), or refused at qualification (审核未通过).
    ELIMINATED = "ELIMINATED"
    # Taken back by its team, cancelled by the platform, or no longer listed.
    WITHDRAWN = "WITHDRAWN"


class AwardLevel(StrEnum):
    """A province's award. What has no counterpart here is an unknown label and stops the row."""

    FIRST = "FIRST"  # 一等奖
    SECOND = "SECOND"  # 二等奖
    THIRD = "THIRD"  # 三等奖
    # 优秀奖: for entries of the province that did not reach its final (Shanxi prints 18 of them).
    MERIT = "MERIT"
    # 特色奖 (Henan), 特色单项奖 (Hebei, Shaanxi): beside the three levels, not below them.
    SPECIAL = "SPECIAL"


class OrganisationKind(StrEnum):
    """单位性质, the options of the application form's field F036."""

    GOVERNMENT = "GOVERNMENT"  # 政府机构
    INSTITUTION = "INSTITUTION"  # 事业单位, schools and research institutes apart
    CENTRAL_STATE_OWNED = "CENTRAL_STATE_OWNED"  # 央企 and their subsidiaries
    STATE_OWNED = "STATE_OWNED"  # 国企, central ones apart
    PRIVATE = "PRIVATE"  # 民营
    FOREIGN = "FOREIGN"  # 外资
    JOINT_VENTURE = "JOINT_VENTURE"  # 合资
    RESEARCH = "RESEARCH"  # 科研院校: universities and research institutes
    OTHER = "OTHER"  # 其他, as the form prints it; not for what we failed to understand


class TrackMatch(StrEnum):
    """How a provincial track or topic leads to a national track."""

    EXACT = "EXACT"  # the track itself has the national name (or a printed variant of the open track's)
    TOPIC = "TOPIC"  # the track has no counterpart; the topic's own text decides
    AMBIGUOUS = "AMBIGUOUS"  # several candidates; a person decides entry by entry
    NONE = "NONE"  # no counterpart at this level


class OrganiserRole(StrEnum):
    """The part an organiser plays, in the notices' own words."""

    GUIDANCE = "指导单位"
    HOST = "主办单位"
    EXECUTION = "承办单位"
    CO_HOST = "协办单位"
    SUPPORT = "支持单位"
    MEDIA = "媒体支持"
    COMMITTEE = "初赛组委会"


class PullStatus(StrEnum):
    """The outcome of one pull of one region."""

    RUNNING = "RUNNING"
    # Everything the platform gave was stored or quarantined.
    SUCCEEDED = "SUCCEEDED"
    # Stored, but absences were too many to be believed; they wait for a person.
    PAUSED = "PAUSED"
    # The platform or its dialect failed; what was stored before stays.
    FAILED = "FAILED"


class CaseKind(StrEnum):
    """What a duplicate case is about; each is forbidden by a clause of the notices."""

    # One project entered twice: in two regions, two host cities, or two topics of one region.
    SAME_PROJECT = "SAME_PROJECT"
    # One team entered in two regions or two host cities.
    SAME_TEAM = "SAME_TEAM"
    # One representative in two different teams.
    SAME_PERSON = "SAME_PERSON"
    # One team with two different projects in one region.
    TEAM_TWO_PROJECTS = "TEAM_TWO_PROJECTS"


class CaseStatus(StrEnum):
    """The life of a duplicate case."""

    OPEN = "OPEN"
    CONFIRMED = "CONFIRMED"  # a person judged: a duplicate
    DISMISSED = "DISMISSED"  # a person judged: none


class Role(StrEnum):
    """What a key may do."""

    NATIONAL = "NATIONAL"  # the national organiser: reads all, decides cases
    REGION = "REGION"  # one province: reads and writes its own
    JOB = "JOB"  # a machine: reads all, starts pulls and detection, decides nothing


class RosterState(StrEnum):
    """Where an item of a recommended list stands in the national final's roster."""

    INCLUDED = "INCLUDED"
    HELD = "HELD"  # an open duplicate case must be decided first
    EXCLUDED = "EXCLUDED"  # withdrawn, or the losing side of a confirmed duplicate
    ALTERNATE = "ALTERNATE"  # beyond the region's quota, next in order

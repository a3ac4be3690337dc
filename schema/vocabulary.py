"""Closed lists. Above each member stands its boundary: what belongs to it, and what does not."""

from enum import StrEnum
from typing import Final


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


class PullPhase(StrEnum):
    """How far a pull has come, for whoever waits for it."""

    FETCHING = "FETCHING"  # nothing has been stored yet: the platform is being asked
    STORING = "STORING"  # pages are stored as they come
    JUDGING = "JUDGING"  # all is stored; entries of the region still wait to be judged by its clauses
    ENDED = "ENDED"  # nothing is left to do, or a later run does it


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


class CaseChange(StrEnum):
    """What happened to a duplicate case, for those who follow it."""

    OPENED = "OPENED"  # detection found it
    DECIDED = "DECIDED"  # a person judged, for the first time or anew
    REOPENED = "REOPENED"  # detection found new evidence in a decided case
    RESTORED = "RESTORED"  # that evidence went, and the decision stands again


class CaseLevel(StrEnum):
    """How sure detection was of a case, by the thresholds of its kind; whatever the level, a person decides."""

    # At or above the threshold that opens a case without a look: nearly all such pairs are duplicates.
    LIKELY = "LIKELY"
    # At or above review, below opening: a look is more often right than wrong.
    REVIEW = "REVIEW"


class Role(StrEnum):
    """What a key may do."""

    NATIONAL = "NATIONAL"  # the national organiser: reads all, decides cases
    REGION = "REGION"  # one province: reads and writes its own
    JOB = "JOB"  # a machine: reads all, starts pulls and detection, decides nothing


class RosterState(StrEnum):
    """Where an item of a recommended list stands in the national final's roster."""

    INCLUDED = "INCLUDED"
    HELD = "HELD"  # keeps its place and is not named until a case or the organiser's question is settled
    EXCLUDED = "EXCLUDED"  # does not go: gone, a duplicate that gives way, a clause not met, or the organiser's word
    ALTERNATE = "ALTERNATE"  # beyond the places of its region or track, next in order


class Severity(StrEnum):
    """What a finding does to a recommended list."""

    BLOCKED = "BLOCKED"  # must be mended
    TO_CONFIRM = "TO_CONFIRM"  # must be mended, or confirmed by the issuer with a reason that is kept
    WARNING = "WARNING"  # may be left


class ClauseKind(StrEnum):
    """What a clause of a notice is about; one kind a clause, the nearest where several would do."""

    # Who and what may compete: legal person, credit, lead, real application, own rights.
    ELIGIBILITY = "ELIGIBILITY"
    # How many people, organisations and teams there may be, and from when they stay as they are.
    TEAM = "TEAM"
    # One team one project, one project one topic, within one contest; one representative one team, in whichever.
    UNIQUENESS = "UNIQUENESS"
    # The same team or project in another region's contest, or in another city's.
    DUPLICATE = "DUPLICATE"
    # Organisers of the contest and what belongs to them.
    UNIT_EXCLUSION = "UNIT_EXCLUSION"
    # In which tracks government bodies and institutions may compete.
    GOV_TRACK_LIMIT = "GOV_TRACK_LIMIT"
    # From when a topic may no longer be changed.
    TOPIC_LOCK = "TOPIC_LOCK"
    # Topics that take no registrations, or lose their standing.
    CLOSED_TOPIC = "CLOSED_TOPIC"
    # Projects that won a prize in the contest of the year before.
    PRIOR_WINNER = "PRIOR_WINNER"
    # Papers and forms to hand in, and how long or how many their parts may be.
    MATERIAL = "MATERIAL"
    # Days of registration, rounds and ceremonies.
    TIMELINE = "TIMELINE"
    # How a round is held; not who passes it.
    STAGE = "STAGE"
    # Who examines what, and what follows from failing; not how points are given.
    REVIEW = "REVIEW"
    # Dimensions, indicators and weights of scoring.
    SCORING_WEIGHT = "SCORING_WEIGHT"
    # How many entries are recommended or promoted.
    QUOTA = "QUOTA"
    # Who moves up when a place falls vacant.
    SUBSTITUTION = "SUBSTITUTION"
    # What is preferred, all else being equal.
    PRIORITY = "PRIORITY"
    # Prizes, money and honours.
    AWARD = "AWARD"
    # How results are laid open to objection.
    PUBLICITY = "PUBLICITY"
    # Complaints and appeals, and who decides them.
    COMPLAINT = "COMPLAINT"
    # What has no kind of its own: platform, fees, names, interpretation.
    OTHER = "OTHER"


# What two entries break together is for the case about them to decide, which also says which of them stays.
OF_PAIRS: Final = frozenset({ClauseKind.UNIQUENESS, ClauseKind.DUPLICATE})


class Verdict(StrEnum):
    """What a clause says of an entry."""

    MET = "MET"  # everything the clause asks for is known, and as it asks
    NOT_MET = "NOT_MET"  # what is known breaks the clause, whatever else may come to be known
    UNDETERMINED = "UNDETERMINED"  # something needed is missing, doubtful, or beyond what a hub can see


class EligibilityStatus(StrEnum):
    """All verdicts on one entry taken together; clauses for people alone do not count."""

    ELIGIBLE = "ELIGIBLE"  # every clause a machine may judge is met
    INELIGIBLE = "INELIGIBLE"  # at least one is not met and not waived
    UNDETERMINED = "UNDETERMINED"  # none is broken, but something is still to be settled


class Register(StrEnum):
    """Tables that an organiser maintains and entries are looked up in."""

    DISHONEST_DEBTORS = "DISHONEST_DEBTORS"  # 失信被执行人 on 信用中国
    TAX_OFFENDERS = "TAX_OFFENDERS"  # 重大税收违法案件当事人名单
    PROCUREMENT_OFFENDERS = "PROCUREMENT_OFFENDERS"  # 政府采购严重违法失信行为记录名单
    MAJOR_OFFENDERS = "MAJOR_OFFENDERS"  # 有重大违法记录; no public list has this name
    WINNERS_2024 = "WINNERS_2024"  # projects that won in a 2024 contest, national or a region's
    ORGANISERS = "ORGANISERS"  # 组织单位 as the notices name them, by region and role
    AFFILIATES = "AFFILIATES"  # 下属分公司、子公司、控股公司、母公司 of organisers
    PRIOR_FINALISTS = "PRIOR_FINALISTS"  # projects another contest sends straight to a final
    CANCELLED_SUB_TOPICS = "CANCELLED_SUB_TOPICS"  # sub-topics an organiser has withdrawn since the notice


class Shared(StrEnum):
    """What two entries have in common."""

    REPRESENTATIVE = "REPRESENTATIVE"  # at least one person, by keyed token
    TEAM = "TEAM"  # the team as a whole
    PROJECT = "PROJECT"  # the project: what is done, not merely by whom


class Changed(StrEnum):
    """A part of an entry whose change is remembered with its time."""

    TOPIC = "TOPIC"  # track, topic or sub-topic
    REPRESENTATIVES = "REPRESENTATIVES"
    TITLE = "TITLE"
    SUMMARY = "SUMMARY"
    ORGANISATIONS = "ORGANISATIONS"
    TEAM = "TEAM"  # the team's name


class Followed(StrEnum):
    """A part of an entry of which every change is kept: what clauses may lock (`Changed`), and how the entry fared."""

    TOPIC = "TOPIC"
    REPRESENTATIVES = "REPRESENTATIVES"
    TITLE = "TITLE"
    SUMMARY = "SUMMARY"
    ORGANISATIONS = "ORGANISATIONS"
    TEAM = "TEAM"
    STAGE = "STAGE"
    STATUS = "STATUS"
    AWARD = "AWARD"
    SCORE = "SCORE"
    CITY = "CITY"


class DocumentKind(StrEnum):
    """Papers the notices ask for, in the words of their 参赛材料 sections."""

    APPLICATION = "APPLICATION"  # 项目申报书
    QUALIFICATION = "QUALIFICATION"  # 参赛单位基本资质
    DECLARATION = "DECLARATION"  # 申报主体责任声明
    AUDIT = "AUDIT"  # 财务审计
    CREDIT = "CREDIT"  # 信用情况
    PROJECT_QUALIFICATION = "PROJECT_QUALIFICATION"  # 参赛项目基本资质证明
    APPLICATION_CASE = "APPLICATION_CASE"  # 应用案例证明
    INTELLECTUAL_PROPERTY = "INTELLECTUAL_PROPERTY"  # 知识产权证明
    IMPROVEMENT = "IMPROVEMENT"  # 成效提升或技术优化的说明, from a winner of the year before
    OTHER = "OTHER"  # 介绍材料、视频、模型、说明文档 and whatever else

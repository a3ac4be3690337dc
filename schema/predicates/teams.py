"""Predicates on teams and people: how many, in how many teams, with how many projects, in how many contests."""

from datetime import datetime
from typing import Final, Literal

from schema.facts import Facts, Peer
from schema.identifiers import REGIONS
from schema.predicates.finding import Finding, Predicate, met, named, not_met, unknown
from schema.vocabulary import EntryStatus, Shared

_TEAM: Final = "team"
_PEERS: Final = frozenset({"peers", "entry.region", "entry.city", "entry.topic_id"})
# 31 provinces of the mainland hold contests of their own (code 7x and 8x are Taiwan, Hong Kong and Macau).
_CONTESTS: Final = frozenset(code for code in REGIONS if code[0] not in "78")


class MaxRepresentatives(Predicate):
    """每个参赛团队的参赛代表人数不超过5人 (五（一）2, 五（一）3 or 六（一）2 of each notice).

    >>> MaxRepresentatives(at_most=5)(known(representatives=5)).verdict.value
    'MET'
    >>> MaxRepresentatives(at_most=5)(known(representatives=0)).verdict.value
    'UNDETERMINED'
    """

    at_most: int

    @property
    def inputs(self) -> frozenset[str]:
        """The representatives."""
        return frozenset({"entry.team"})

    def __call__(self, facts: Facts) -> Finding:
        """A team without any is not yet known."""
        count = len(facts.entry.team.representatives)
        if not count:
            return unknown("representatives", "参赛代表名单缺失，请补充", "the representatives are not given")
        zh, en = (
            f"参赛代表不超过 {self.at_most} 人，现有 {count} 人",
            f"at most {self.at_most} representatives; there are {count}",
        )
        return (met if count <= self.at_most else not_met)("representatives", zh, en)


def _told(peers: list[Peer], field: str, zh: str, en: str, clear: tuple[str, str]) -> Finding:
    """NOT_MET for certain peers, UNDETERMINED for suspected ones, MET for none; `zh` and `en` say what was expected."""
    certain = [peer for peer in peers if peer.certain]
    shown = named(f"{peer.entry_id}《{peer.title}》" for peer in certain or peers)
    if certain:
        return not_met(field, f"{zh}；另有 {shown}", f"{en}; there is also {shown}")
    if peers:
        return unknown(field, f"{zh}；疑似另有 {shown}，待查重裁定", f"{en}; perhaps also {shown}, awaiting a decision")
    return met(field, *clear)


def _not_compared(field: str) -> Finding:
    return unknown(field, "尚未与其他项目比对", "not compared with other entries yet")


def _still_in(facts: Facts) -> list[Peer]:
    """Those that were not taken back: a withdrawn entry competes nowhere."""
    return [peer for peer in facts.peers or () if peer.status is not EntryStatus.WITHDRAWN]


def _was_out(peer: Peer, when: datetime) -> bool:
    """Whether its platform had said its last word on it by then; what is out and changes no more was out by that word."""
    return peer.updated_at is not None and peer.updated_at <= when


class OneProjectPerTeam(Predicate):
    """每个参赛团队只能提交 1个参赛项目 (五（一）2, 五（一）3 or 六（一）2 of each notice).

    >>> OneProjectPerTeam()(known(peers=[{"shares": ["TEAM"]}])).verdict.value
    'NOT_MET'
    """

    @property
    def inputs(self) -> frozenset[str]:
        """The peers."""
        return _PEERS

    def __call__(self, facts: Facts) -> Finding:
        """Counts other projects of the team in the same contest."""
        if facts.peers is None:
            return _not_compared(_TEAM)
        others = [
            peer
            for peer in _still_in(facts)
            if peer.region == facts.entry.region and Shared.TEAM in peer.shares and Shared.PROJECT not in peer.shares
        ]
        clear = ("该团队在本赛区未提交其他项目", "the team has no other project in this contest")
        return _told(others, _TEAM, "每个团队只能提交 1 个项目", "one project per team", clear)


class OneTeamPerRepresentative(Predicate):
    """每个参赛代表只能代表 1个团队参加比赛 (五（一）2 or 六（一）2); the contest as a whole, whatever the region.

    >>> OneTeamPerRepresentative()(known(peers=[{"shares": ["REPRESENTATIVE"], "certain": False}])).verdict.value
    'UNDETERMINED'
    """

    @property
    def inputs(self) -> frozenset[str]:
        """The peers, the regions compared, and whether the people can be told at all."""
        return _PEERS | {"compared_regions", "entry.team"}

    def __call__(self, facts: Facts) -> Finding:
        """Without an identity number a person can be in other teams unseen."""
        if facts.peers is None:
            return _not_compared("representatives")
        others = [
            peer for peer in _still_in(facts) if Shared.REPRESENTATIVE in peer.shares and Shared.TEAM not in peer.shares
        ]
        people = facts.entry.team.representatives
        if not others and (not people or any(person.id_token is None for person in people)):
            zh = "有参赛代表缺少身份证件号码，无法确认是否代表其他团队"
            return unknown("representatives", zh, "an identity number is missing, so other teams cannot be ruled out")
        if not others and (unseen := len(_CONTESTS - facts.compared_regions)):
            zh = f"每个参赛代表只能代表 1 个团队；已接入的赛区中未发现，尚有 {unseen} 个赛区未比对"
            return unknown("representatives", zh, f"one team each; none found, but {unseen} regions were not compared")
        clear = ("各参赛代表未代表其他团队", "no representative is in another team")
        return _told(others, "representatives", "每个参赛代表只能代表 1 个团队", "one team per representative", clear)


class OneTopicPerProject(Predicate):
    """每个参赛项目限报一个赛题方向 (五（二）1 or 六（二）1); the topic must be one that the notice prints.

    >>> OneTopicPerProject()(known(topic="T1-1", topics=["T1-1"], peers=[{"shares": ["PROJECT"], "topic": "T1-2"}])).verdict.value
    'NOT_MET'
    """

    @property
    def inputs(self) -> frozenset[str]:
        """The topic, the catalogue's topics and the peers."""
        return _PEERS | {"topics"}

    def __call__(self, facts: Facts) -> Finding:
        """First whether the topic exists, then whether the project stands under another one as well."""
        entry = facts.entry
        if facts.topics is not None and entry.topic_id not in facts.topics:
            return not_met("topic", f"通知中没有赛题 {entry.topic_id}", f"the notice prints no topic {entry.topic_id}")
        others = [
            peer
            for peer in _still_in(facts)
            if peer.region == entry.region and Shared.PROJECT in peer.shares and peer.topic_id != entry.topic_id
        ]
        if not others and (facts.peers is None or facts.topics is None):
            return _not_compared("topic")
        clear = ("该项目只报了一个赛题方向", "the project stands under one topic")
        return _told(others, "topic", "每个项目限报一个赛题方向", "one topic per project", clear)


class OnlyHere(Predicate):
    """A team or project that enters here enters nowhere else; how far "elsewhere" goes, each notice says in its own words.

    `beyond` is "region" (其他赛区, 其他省份分赛, 仅在一个地方分赛) or "city" (其他市州). `at_once` is for words that forbid only
    entering at the same time (不得同时报名): there an entry that was out of its contest before this one was handed in does
    not count, and one that went out since is a question, for losing there mends nothing. Contests of regions that no hub
    reads cannot be seen: until all were compared the answer stays open.

    >>> OnlyHere(subject="TEAM", beyond="region")(known(peers=[{"shares": ["TEAM"], "region": "14"}])).verdict.value
    'NOT_MET'
    """

    subject: Literal[Shared.TEAM, Shared.PROJECT]
    beyond: Literal["region", "city"]
    at_once: bool = False

    @property
    def inputs(self) -> frozenset[str]:
        """The peers and the regions compared; for what counts as the same time, when this one was handed in."""
        return _PEERS | {"compared_regions"} | ({"entry.submitted_at"} if self.at_once else set())

    def __call__(self, facts: Facts) -> Finding:
        """Names the entries found elsewhere, or the regions not looked into."""
        entry, field = facts.entry, "team" if self.subject is Shared.TEAM else "project"
        if facts.peers is None:
            return _not_compared(field)
        others = [peer for peer in _still_in(facts) if self.subject in peer.shares and self._is_elsewhere(peer, facts)]
        gone = [peer for peer in others if peer.status is not EntryStatus.ACTIVE] if self.at_once else []
        others = [peer for peer in others if peer not in gone]
        beyond_zh, beyond_en = (
            ("其他赛区", "another region") if self.beyond == "region" else ("其他市州", "another city")
        )
        what_zh, what_en = ("团队", "team") if self.subject is Shared.TEAM else ("项目", "project")
        once_zh, once_en = ("同时", " at the same time") if self.at_once else ("", "")
        expected = f"该{what_zh}不得{once_zh}在{beyond_zh}参赛", f"the {what_en} may not enter in {beyond_en}{once_en}"
        overlapping = [peer for peer in gone if not _was_out(peer, entry.submitted_at)]
        if overlapping and not any(peer.certain for peer in others):
            shown = named(f"{peer.entry_id}《{peer.title}》" for peer in overlapping)
            zh = f"{expected[0]}；{shown} 现已不在赛中，提交本项目时是否仍在赛中请核实"
            return unknown(field, zh, f"{expected[1]}; {shown} is out now: was it when this came in?")
        if not others and (unseen := self._unseen(facts)):
            zh = f"{expected[0]}；已接入的赛区中未发现，尚有 {unseen} 个赛区未比对"
            return unknown(field, zh, f"{expected[1]}; none found, but {unseen} regions were not compared")
        if not others and self.beyond == "city" and None in (entry.city, *self._cities(facts)):
            return unknown(
                field, "初赛承办市州未填，无法比对其他市州", "a host city is not given, so others cannot be told"
            )
        clear = f"该{what_zh}未在{beyond_zh}参赛", f"the {what_en} is in no contest of {beyond_en}"
        return _told(others, field, *expected, clear)

    def _is_elsewhere(self, peer: Peer, facts: Facts) -> bool:
        here = facts.entry
        if self.beyond == "region":
            return peer.region != here.region
        return peer.region == here.region and None not in (peer.city, here.city) and peer.city != here.city

    def _cities(self, facts: Facts) -> list[str | None]:
        here = facts.entry.region
        return [peer.city for peer in _still_in(facts) if peer.region == here and self.subject in peer.shares]

    def _unseen(self, facts: Facts) -> int:
        needed = _CONTESTS if self.beyond == "region" else {facts.entry.region}
        return len(needed - facts.compared_regions)

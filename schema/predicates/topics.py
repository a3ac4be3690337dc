"""Predicates on topics and on time: open topics, what may no longer change, when an entry may be handed in."""

from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Final, Literal

from schema.facts import Facts
from schema.predicates.finding import Finding, Predicate, met, named, not_met, unknown
from schema.provenance import CHINA
from schema.vocabulary import Changed, Register

_TOPIC: Final = "topic"
_CLOCK: Final = "%Y-%m-%d %H:%M:%S"
_MOMENTS: Final = {"selection", "acceptance"}
_WORDS: Final = {
    Changed.TOPIC: ("赛题", "topic"),
    Changed.REPRESENTATIVES: ("参赛代表", "representatives"),
    Changed.TITLE: ("项目名称", "title"),
    Changed.SUMMARY: ("项目内容", "content"),
    Changed.ORGANISATIONS: ("参赛单位", "organisations"),
    Changed.TEAM: ("团队名称", "team name"),
}


class OpenTopic(Predicate):
    """赛题方向不再开放报名，将直接沿用 … 的获奖项目晋级决赛: closed topics take only those finalists.

    >>> OpenTopic(closed=("T1-1",))(known(topic="T1-1", registers={"PRIOR_FINALISTS": []})).verdict.value
    'NOT_MET'
    """

    closed: tuple[str, ...]

    @property
    def inputs(self) -> frozenset[str]:
        """The topic and the register of finalists."""
        return frozenset({"entry.topic_id", f"register.{Register.PRIOR_FINALISTS}"})

    @property
    def names(self) -> frozenset[str]:
        """The closed topics."""
        return frozenset(self.closed)

    def __call__(self, facts: Facts) -> Finding:
        """In a closed topic only a finalist of the other contest stands rightly."""
        if facts.entry.topic_id not in self.closed:
            return met(_TOPIC, "所选赛题开放报名", "the topic takes registrations")
        hits = facts.registers.get(Register.PRIOR_FINALISTS)
        if hits is None:
            zh = "该赛题不再开放报名，仅接收沿用的决赛项目；决赛项目名单尚未维护，请组委会导入"
            return unknown(
                _TOPIC, zh, "closed topic for finalists of another contest; their register is not maintained"
            )
        if not hits:
            zh = "该赛题不再开放报名，且项目不在沿用的决赛项目名单中"
            return not_met(_TOPIC, zh, "the topic takes no registrations and the project is no finalist taken over")
        if any(hit.certain for hit in hits):
            return met(_TOPIC, "沿用的决赛项目", "a finalist taken over from the other contest")
        return unknown(_TOPIC, "疑似沿用的决赛项目，仅名称相近，请核实", "perhaps a finalist taken over; by name only")


class StandingSubTopic(Predicate):
    """由于需求企业相关数据未及时开放等原因 … 取消该子赛题的资格: an entry in a cancelled sub-topic has none.

    >>> StandingSubTopic()(known(sub_topic="T1-1-S1", registers={"CANCELLED_SUB_TOPICS": [{"subject": "T1-1-S1"}]})).verdict.value
    'NOT_MET'
    """

    @property
    def inputs(self) -> frozenset[str]:
        """The sub-topic and what was cancelled within its topic."""
        return frozenset({"entry.sub_topic_id", f"register.{Register.CANCELLED_SUB_TOPICS}"})

    def __call__(self, facts: Facts) -> Finding:
        """Where a sub-topic of the entry's topic fell, an entry that names none may have meant it."""
        chosen, cancelled = facts.entry.sub_topic_id, facts.registers.get(Register.CANCELLED_SUB_TOPICS)
        if cancelled is None:
            zh = "组委会尚未说明哪些子赛题被取消；请导入名单，没有取消的可导入空名单"
            return unknown(
                "subTopic", zh, "nobody has said which sub-topics are cancelled; import them, or an empty list"
            )
        if any(hit.subject == chosen for hit in cancelled):
            zh = "所选子赛题已被取消；通知未规定已报项目的去向，且赛题不得更改，请组委会另行决定"
            en = "the sub-topic is cancelled; the notice prints no way out for its entries, and topics are locked"
            return not_met("subTopic", zh, en)
        if chosen is None and cancelled:
            zh = f"该赛题下的子赛题 {named(hit.subject for hit in cancelled)} 被取消，项目未填子赛题，请确认"
            return unknown("subTopic", zh, "a sub-topic of this topic is cancelled and the entry names none")
        return met("subTopic", "未涉及被取消的子赛题", "no cancelled sub-topic")


class Unchanged(Predicate):
    """What may no longer change, and from when: 赛题一经选定不得更改, 报名截止之后，参赛代表不可更改, 报名成功后，不可再更改参赛信息,
    在不改变项目名称和主要内容的基础上.

    `since` is "selection" (from the registration on), "acceptance" (报名成功), or an item of the timetable after whose last
    day the lock holds. A change of a `doubtful` part may or may not be one of the kind forbidden. `besides` are words of
    the same clause that no history shows; with them the clause is never met by a machine.

    >>> lock = Unchanged(parts=("REPRESENTATIVES",), since="R")
    >>> kept = {"calendar": {"R": [None, "2025-06-30"]}, "known_since": "2025-06-01T00:00"}
    >>> lock(known(**kept, changes={"REPRESENTATIVES": "2025-06-30T23:59:59"})).verdict.value
    'MET'
    >>> lock(known(**kept, changes={"REPRESENTATIVES": "2025-07-01T00:00:00"})).verdict.value
    'NOT_MET'
    """

    parts: tuple[Changed, ...]
    doubtful: tuple[Changed, ...] = ()
    since: str
    besides: str | None = None

    @property
    def inputs(self) -> frozenset[str]:
        """History, and what says from when the lock holds."""
        if self.since in _MOMENTS:
            return frozenset({"history", "entry.submitted_at", "entry.updated_at"})
        return frozenset({"history", "calendar"})

    @property
    def names(self) -> frozenset[str]:
        """The item of the timetable, where the lock hangs on one."""
        return frozenset({self.since} - _MOMENTS)

    def __call__(self, facts: Facts) -> Finding:
        """MET only where the hub watched from the moment the lock held; before that it cannot have seen a change."""
        history, field = facts.history, self.parts[0].value.lower()
        words = self._named
        start = self._start(facts)
        if history is None or start is None:
            zh = f"无法确认{words[0]}是否更改：缺少变更记录或锁定时间"
            return unknown(field, zh, f"cannot tell whether {words[1]} changed: no history, or no date of the lock")
        after = [change for change in history.changes if change.at >= start]
        if broken := [change for change in after if change.what in self.parts]:
            when = _clock(max(change.at for change in broken))
            what = (
                named(_WORDS[change.what][0] for change in broken),
                named(_WORDS[change.what][1] for change in broken),
            )
            return not_met(
                field, f"锁定后不得更改；{what[0]}于 {when} 更改", f"locked; {what[1]} changed at {when} (+08:00)"
            )
        if any(change.what in self.doubtful for change in after):
            zh = "项目内容有更改，是否改变主要内容请人工判断"
            return unknown(field, zh, "the content changed; whether its main part did is for a person to judge")
        untouched = self.since == "selection" and facts.entry.updated_at == facts.entry.submitted_at
        if history.known_since > start and not untouched:
            zh = f"{words[0]}：平台自锁定后才开始跟踪，此前是否更改不可知；请省平台提供变更记录"
            return unknown(field, zh, f"{words[1]}: followed only since after the lock; ask the platform for its log")
        if self.besides:
            zh = f"{words[0]}未更改；“{self.besides}”须人工核实"
            return unknown(field, zh, f"{words[1]} unchanged; “{self.besides}” is for people to check")
        return met(field, f"{words[0]}未更改", f"{words[1]} unchanged")

    @cached_property
    def _named(self) -> tuple[str, str]:
        return "、".join(_WORDS[part][0] for part in self.parts), ", ".join(_WORDS[part][1] for part in self.parts)

    def _start(self, facts: Facts) -> datetime | None:
        if self.since == "selection":
            return facts.entry.submitted_at
        if self.since == "acceptance":
            return facts.history.accepted_at if facts.history else None
        item = (facts.calendar or {}).get(self.since)
        return None if item is None or item.end is None else _end_of(item.end)


def _clock(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime(_CLOCK)


@cache
def _end_of(day: date) -> datetime:
    """The moment a day is over in China: its last second still belongs to it."""
    return datetime.combine(day, time(), CHINA) + timedelta(days=1)


class SubmittedWithin(Predicate):
    """Registration and its deadline, as each notice's timetable prints them; whole days at +08:00.

    `edge` is the side that this clause speaks of. `assumed` says that the notice prints no first day (即日起) and ours is
    the day of issue: being earlier is then a question, not a breach.

    >>> window = SubmittedWithin(item="R", edge="both")
    >>> window(known(submitted="2025-06-30T23:59:59", calendar={"R": ["2025-05-01", "2025-06-30"]})).verdict.value
    'MET'
    >>> window(known(submitted="2025-07-01T00:00:00", calendar={"R": ["2025-05-01", "2025-06-30"]})).verdict.value
    'NOT_MET'
    """

    item: str
    edge: Literal["first", "last", "both"]
    assumed: bool = False

    @property
    def inputs(self) -> frozenset[str]:
        """The time of submission and the timetable."""
        return frozenset({"entry.submitted_at", "calendar"})

    @property
    def names(self) -> frozenset[str]:
        """The item of the timetable."""
        return frozenset({self.item})

    def __call__(self, facts: Facts) -> Finding:
        """Compares moments, so an hour before midnight in another zone counts as what it is in China."""
        span = (facts.calendar or {}).get(self.item)
        first, last = (span.start, span.end) if span else (None, None)
        at = facts.entry.submitted_at
        if self.edge != "first" and last is not None and at >= _end_of(last):
            when = _clock(at)
            zh, en = (
                f"报名截止 {last}（当日 24 时，北京时间），提交于 {when}",
                f"deadline {last} (end of day, +08:00); handed in at {when}",
            )
            return not_met("submittedAt", zh, en)
        if self.edge != "last" and first is not None and at < datetime.combine(first, time(), CHINA):
            when = _clock(at)
            zh, en = f"报名自 {first} 起，提交于 {when}", f"registration opens on {first}; handed in at {when} (+08:00)"
            return (unknown if self.assumed else not_met)("submittedAt", zh, en)
        if (first is None and self.edge != "last") or (last is None and self.edge != "first"):
            return unknown(
                "submittedAt", "报名起止日期未定，请组委会公布", "the dates of registration are not fixed yet"
            )
        return met("submittedAt", "在报名时间内提交", "handed in within the time")

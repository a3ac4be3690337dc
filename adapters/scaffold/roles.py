"""What a heading is likely to mean, and what a label is likely to lead to. Guesses for a person to check; what is not
recognised is left open, but for personal content, where doubt counts as yes.
"""

import re
from collections.abc import Iterable
from typing import Final, Literal

from schema.vocabulary import AwardLevel, EntryStatus, OrganisationKind, Stage

Surroundings = Literal["", "person", "organisation"]

_PERSONAL: Final = {
    "person_contact": r"是否.*联系人|iscontact|^contact$",
    "person_phone": r"手机|电话|联系方式|phone|mobile|^tel",
    "person_id": r"身份证|证件(号|$)|idno|idnumber|idcard|certno",
    "person_other": r"邮箱|微信|住址|地址|email|wechat|address",
    "person_role": r"分工|职务|职责|duty|position",
    "person_name": r"姓名|(联系人|负责人|参赛代表\d*|成员\d*|队员\d*)$|(person|member|contact|leader)name",
}
_ENTRY: Final = {
    "topic": r"赛题|命题|topic",
    "track": r"赛道|track",
    "organisation_code": r"信用代码|creditcode|uscc",
    "organisation_kind": r"单位(性质|类型|类别)|nature$|unittype|orgtype",
    "native_id": r"(项目|作品|报名|申报|参赛|案例)(编号|编码|号)|^编号$|(project|entry|work)(no|id|number|code)$|^(no|id)$",
    "title": r"(项目|作品|案例)(名称|标题|名)|^(title|name|(project|entry|work)(name|title))$",
    "summary": r"简介|摘要|概述|summary|abstract|description",
    "team": r"团队|队伍|^team(name)?$",
    "submitted": r"(报名|提交|申报|创建|填报)(时间|日期)|submit|created",
    "updated": r"(更新|修改|变更)(时间|日期)|update|modified",
    "stage": r"阶段|环节|stage|phase",
    "status": r"状态|status",
    "award": r"^(奖项|奖级|获奖(等级|级别|结果|情况)?)$|award",
    "score": r"得分|评分|分数|总分|成绩|score",
    "city": r"承办(市|地)|地市|市州|所在市|^(host)?city$",
    "organisation_name": r"(牵头|申报|参赛|报名|联合|合作)单位\d*(名称)?$|^单位(名称)?$|(unit|org|organi[sz]ation|company)name",
}
_BARE: Final = (
    "name",
    "title",
    "no",
    "id",
)  # say what they mean at the top of a row, and nothing inside another object
_NAME: Final = {"person": "person_name", "organisation": "organisation_name"}
_KINDS: Final = {"person_phone": "PersonalPhone", "person_id": "PersonalId"}
_MOBILE: Final = re.compile(r"(\+?86)?1[3-9]\d{9}")
_IDENTITY: Final = re.compile(r"[1-8]\d{16}[\dXx]")
_NUMBERED: Final = re.compile(
    r"(?P<front>\D*?(?:成员|代表|队员|联系人|单位|member|partner))[_ ]?(?P<number>\d{1,2})(?!\d)"
)

# In order: the first that the label contains.
LABELS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "stage": (
        ("公示", Stage.PUBLICITY),
        ("获奖", Stage.AWARDED),
        ("决赛", Stage.FINAL),
        ("路演", Stage.FINAL),
        ("验证", Stage.VERIFICATION),
        ("核验", Stage.VERIFICATION),
        ("初赛", Stage.PRELIMINARY),
        ("初评", Stage.PRELIMINARY),
        ("审", Stage.QUALIFICATION),
        ("报名", Stage.REGISTERED),
        ("提交", Stage.REGISTERED),
    ),
    "status": (
        ("未", EntryStatus.ELIMINATED),
        ("淘汰", EntryStatus.ELIMINATED),
        ("撤", EntryStatus.WITHDRAWN),
        ("退", EntryStatus.WITHDRAWN),
        ("取消", EntryStatus.WITHDRAWN),
        ("正常", EntryStatus.ACTIVE),
        ("有效", EntryStatus.ACTIVE),
        ("晋级", EntryStatus.ACTIVE),
        ("通过", EntryStatus.ACTIVE),
    ),
    "award": (
        ("一等", AwardLevel.FIRST),
        ("二等", AwardLevel.SECOND),
        ("三等", AwardLevel.THIRD),
        ("优秀", AwardLevel.MERIT),
        ("优胜", AwardLevel.MERIT),
        ("特色", AwardLevel.SPECIAL),
        ("未", "NONE"),
        ("无", "NONE"),
    ),
    "organisation_kind": (
        ("政府", OrganisationKind.GOVERNMENT),
        ("机关", OrganisationKind.GOVERNMENT),
        ("事业", OrganisationKind.INSTITUTION),
        ("央", OrganisationKind.CENTRAL_STATE_OWNED),
        ("国", OrganisationKind.STATE_OWNED),
        ("民", OrganisationKind.PRIVATE),
        ("私", OrganisationKind.PRIVATE),
        ("合资", OrganisationKind.JOINT_VENTURE),
        ("外", OrganisationKind.FOREIGN),
        ("校", OrganisationKind.RESEARCH),
        ("科研", OrganisationKind.RESEARCH),
        ("其他", OrganisationKind.OTHER),
    ),
}


def role_of(key: str, above: str, surroundings: Surroundings, values: Iterable[object]) -> str:
    """The role of a field by its key, then by its values, then by its key with what stands above it; "" for none."""
    plain = _plain(key)
    if plain == "name" and surroundings:
        return _NAME[surroundings]
    found = _first(_PERSONAL, plain) or _by_values(values)
    if not found and not (above and plain in _BARE):
        found = _first(_ENTRY, plain)
    if not found and above:
        found = _first(_PERSONAL, _plain(above) + plain) or _first(_ENTRY, _plain(above) + plain)
    return "person_role" if plain == "role" and surroundings == "person" else found


def number_of(key: str) -> int:
    """The number in the heading of one of several like groups of columns (成员2手机 has 2); 0 for any other."""
    found = _NUMBERED.match(key)
    return int(found["number"]) if found else 0


def personal_type(role: str) -> str | None:
    """The payload's mark for a role that holds something personal."""
    return _KINDS.get(role, "PersonalName") if role in (*_KINDS, "person_name", "person_other") else None


def target_of(table: str, label: str) -> str | None:
    """The member that a label of the sample probably leads to."""
    return next((str(member) for word, member in LABELS.get(table, ()) if word in label), None)


def _plain(key: str) -> str:
    return re.sub(r"[\s_\-./()（）]", "", key).lower()


def _first(roles: dict[str, str], text: str) -> str:
    return next((role for role, pattern in roles.items() if re.search(pattern, text)), "")


def _by_values(values: Iterable[object]) -> str:
    texts = [str(value) for value in values if value not in ("", None)]
    for role, form in (("person_phone", _MOBILE), ("person_id", _IDENTITY)):
        if texts and sum(form.fullmatch(text) is not None for text in texts) * 2 >= len(texts):
            return role
    return ""

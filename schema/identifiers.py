"""Codes of regions (GB/T 2260, ISO 3166-2), of organisations (GB 32100) and the hub's own entry ids."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul
from types import MappingProxyType
from typing import Final

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from schema.errors import MappingError, Problem

# The signs of GB 32100-2015: digits and capitals but I, O, S, V, Z; the place is six digits.
CREDIT_CODE_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_NATIVE_ID = re.compile(r"[^\s:/?#]{1,64}")


@dataclass(frozen=True, slots=True)
class RegionCode:
    """One province-level division: two-digit GB/T 2260 code, ISO 3166-2 code, folder name, Chinese names."""

    code: str
    iso: str
    slug: str
    name: str
    full_name: str


# GB/T 2260-2007 first two digits; ISO 3166-2:CN letters; slugs in pinyin, 陕西 as Shaanxi (its official spelling).
REGIONS: Final = MappingProxyType(
    {
        row[0]: RegionCode(*row)
        for row in (
            ("11", "CN-BJ", "beijing", "北京", "北京市"),
            ("12", "CN-TJ", "tianjin", "天津", "天津市"),
            ("13", "CN-HE", "hebei", "河北", "河北省"),
            ("14", "CN-SX", "shanxi", "山西", "山西省"),
            ("15", "CN-NM", "neimenggu", "内蒙古", "内蒙古自治区"),
            ("21", "CN-LN", "liaoning", "辽宁", "辽宁省"),
            ("22", "CN-JL", "jilin", "吉林", "吉林省"),
            ("23", "CN-HL", "heilongjiang", "黑龙江", "黑龙江省"),
            ("31", "CN-SH", "shanghai", "上海", "上海市"),
            ("32", "CN-JS", "jiangsu", "江苏", "江苏省"),
            ("33", "CN-ZJ", "zhejiang", "浙江", "浙江省"),
            ("34", "CN-AH", "anhui", "安徽", "安徽省"),
            ("35", "CN-FJ", "fujian", "福建", "福建省"),
            ("36", "CN-JX", "jiangxi", "江西", "江西省"),
            ("37", "CN-SD", "shandong", "山东", "山东省"),
            ("41", "CN-HA", "henan", "河南", "河南省"),
            ("42", "CN-HB", "hubei", "湖北", "湖北省"),
            ("43", "CN-HN", "hunan", "湖南", "湖南省"),
            ("44", "CN-GD", "guangdong", "广东", "广东省"),
            ("45", "CN-GX", "guangxi", "广西", "广西壮族自治区"),
            ("46", "CN-HI", "hainan", "海南", "海南省"),
            ("50", "CN-CQ", "chongqing", "重庆", "重庆市"),
            ("51", "CN-SC", "sichuan", "四川", "四川省"),
            ("52", "CN-GZ", "guizhou", "贵州", "贵州省"),
            ("53", "CN-YN", "yunnan", "云南", "云南省"),
            ("54", "CN-XZ", "xizang", "西藏", "西藏自治区"),
            ("61", "CN-SN", "shaanxi", "陕西", "陕西省"),
            ("62", "CN-GS", "gansu", "甘肃", "甘肃省"),
            ("63", "CN-QH", "qinghai", "青海", "青海省"),
            ("64", "CN-NX", "ningxia", "宁夏", "宁夏回族自治区"),
            ("65", "CN-XJ", "xinjiang", "新疆", "新疆维吾尔自治区"),
            ("71", "CN-TW", "taiwan", "台湾", "台湾省"),
            ("81", "CN-HK", "hongkong", "香港", "香港特别行政区"),
            ("82", "CN-MO", "macau", "澳门", "澳门特别行政区"),
        )
    }
)


def entry_id(region: str, native_id: str) -> str:
    """The hub's id of an entry: region code, colon, the province's own id as it is.

    >>> entry_id("41", "HN2025-000123")
    '41:HN2025-000123'

    Raises MappingError where the native id is empty, longer than 64 characters, or holds white space or `: / ? #`.
    """
    if region not in REGIONS or not _NATIVE_ID.fullmatch(native_id):
        raise MappingError(
            Problem(
                code="ENTRY_ID_INVALID",
                place="id",
                value=native_id[:64],
                zh="项目编号为空、过长，或含有空白或 : / ? #",
                en="the entry's own id is empty, too long, or holds white space or : / ? #",
                remedy_zh="请省平台给出 1 至 64 个字符的编号",
                remedy_en="ask the province for an id of 1 to 64 characters",
            )
        )
    return f"{region}:{native_id}"


def region_of(entry: str) -> str:
    """The region code at the front of an entry id; an empty text where it has none."""
    code, colon, _ = entry.partition(":")
    return code if colon and code in REGIONS else ""


@lru_cache(maxsize=65536)
def credit_code_fault(code: str) -> str | None:
    """Why a unified social credit code (GB 32100-2015) fails its check, or None.

    A failed check is a warning on the record and never stops it: codes in use with wrong check characters exist.
    """
    valid = _CREDIT_CODE.fullmatch(code) is not None and code[17] == credit_code_sign(code[:17])
    return None if valid else "check character or form of GB 32100-2015 fails"


def credit_code_sign(signs: str) -> str:
    """The eighteenth sign for the first seventeen. Every organisation of every entry is asked for it; the library that knows
    it as well takes six times as long.
    """
    return CREDIT_CODE_SIGNS[-sum(map(mul, map(CREDIT_CODE_SIGNS.index, signs), _WEIGHTS)) % 31]


@lru_cache(maxsize=65536)
def _place_known(place_and_year: str) -> bool:
    # The library reads its table of places afresh for every number (0.2 ms); only these ten digits matter to it.
    try:
        ric.get_birth_place(place_and_year + "0101" + "0000")
    except (ValidationError, KeyError):  # KeyError: it knows the province and stumbles over the missing county
        return False
    return True


@lru_cache(maxsize=65536)
def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def id_number_fault(number: str) -> str | None:
    """Why a resident identity number (GB 11643-1999) fails its check, or None; a warning, as for credit codes."""
    text = number.strip().upper()
    valid = (
        _ID_NUMBER.fullmatch(text) is not None
        and text[17] == ric.calc_check_digit(text)
        and _is_date(text[6:14])
        and _place_known(text[:10])
    )
    return None if valid else "check character, date or place of GB 11643-1999 fails"

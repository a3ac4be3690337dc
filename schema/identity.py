"""Personal numbers become keyed tokens before anything is stored, and names are masked.

A token is `<key id>.<32 hexadecimal digits>`: an HMAC over the kind and the normalised value, cut to 128 bits. Equal
persons have equal tokens under one key, and without the key a token tells nothing (an unkeyed digest would not do: all
phone numbers can be tried in an afternoon). A province that holds the key may send tokens itself; they pass unchanged.

A *concealed* value is what stands in a stored payload where the platform sent a personal one: a token; for a name its
mask, `~` and its token; for an identity number that failed its check a token and `!`. Mapping a concealed row gives the
same record as mapping the row that came, so a payload can be mapped again without asking the province.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal

from schema.errors import redact
from schema.identifiers import id_number_fault

TokenKind = Literal["id", "phone", "name"]
Algorithm = Literal["sha256", "sm3"]

_TOKEN = re.compile(r"(?:(?P<mask>[^~]{0,3})~)?(?P<token>[a-z0-9]{1,8}\.[0-9a-f]{32})(?P<fault>!?)")
_PLAUSIBLE: Final[dict[str, re.Pattern[str]]] = {
    "id": re.compile(r"[0-9A-Za-z()（）\s-]{5,24}"),  # resident numbers, passports, permits
    "phone": re.compile(r"[0-9+()（）\s-]{5,24}"),
    "name": re.compile(r".{1,64}"),
}
# As they nearly always come: these are their own normal form, and a row has a dozen of them.
_USUAL: Final[dict[str, re.Pattern[str]]] = {
    "id": re.compile(r"[0-9]{17}[0-9X]"),
    "phone": re.compile(r"1[3-9][0-9]{9}"),
    "name": re.compile(r"[\u4e00-\u9fff]{2,8}"),
}
_RESIDENT: Final = 18
_NOT_ID = re.compile(r"[^0-9A-Z]")
_NOT_DIGIT = re.compile(r"\D")
_LONG_FIGURE = re.compile(r"[0-9０-９]{11,}")
_FULL_WIDTH: Final = {ord("０") + digit: str(digit) for digit in range(10)}
_MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])", re.ASCII)
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-8][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])", re.ASCII)
_CHINESE_MOBILE: Final = 11


def _normalised(kind: TokenKind, value: str) -> str:
    text = value if value.isascii() else unicodedata.normalize("NFKC", value)
    if kind == "id":
        return _NOT_ID.sub("", text.upper())
    if kind == "phone":
        digits = _NOT_DIGIT.sub("", text)
        return digits[-_CHINESE_MOBILE:] if digits.startswith(("86", "0086")) else digits
    return "".join(text.split()).casefold()


@lru_cache(maxsize=64)  # a value is looked at for its mask, its fault and its token, one after the other
def _concealed(value: str) -> re.Match[str] | None:
    return _TOKEN.fullmatch(value) if "." in value else None


class Tokeniser:
    """Makes tokens under one key. `algorithm` is "sha256", or "sm3" (GB/T 32905) where OpenSSL offers it."""

    def __init__(self, key: bytes, key_id: str = "k1", algorithm: Algorithm = "sha256") -> None:
        if len(key) < 32:
            raise ValueError("a token key has at least 32 bytes")
        # HMAC (RFC 2104) with both halves of the key hashed once and copied for each value: `hmac` makes the same digest
        # in three times the time, and a row has a dozen of them.
        block = hashlib.new(algorithm).block_size
        padded = (hashlib.new(algorithm, key).digest() if len(key) > block else key).ljust(block, b"\0")
        self._inner = hashlib.new(algorithm, bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.new(algorithm, bytes(byte ^ 0x5C for byte in padded))
        self._prefix = key_id + "."
        self._recipe = (key, key_id, algorithm)

    def __reduce__(self) -> tuple[type["Tokeniser"], tuple[bytes, str, Algorithm]]:
        """For our own worker processes: a hash under way cannot be sent, what it was begun with can."""
        return type(self), self._recipe

    def token(self, kind: TokenKind, value: str | None) -> str | None:
        """The token of a personal number or a name; None for an empty value; that of a concealed value is its own."""
        if not value:
            return None
        if concealed := _concealed(value):
            return concealed["token"]
        text = _normalised(kind, value)
        if not text:
            return None
        return self._prefix + self._digest(f"{kind}\0{text}".encode())

    def conceal(self, kind: TokenKind, value: str) -> str:
        """What may be stored in place of a personal value. A text that cannot be one (a figure a spreadsheet cut short,
        a remark) stays but for every long number in it, so that whoever validates it still sees what is wrong.
        """
        if "." in value and _TOKEN.fullmatch(value):
            return value
        if _USUAL[kind].fullmatch(value):
            text = plain = value
        else:
            text = (value if value.isascii() else unicodedata.normalize("NFKC", value)).strip()
            if not text:
                return value
            plain = _normalised(kind, text) if _PLAUSIBLE[kind].fullmatch(text) else ""
        if not plain:
            return redact(value)
        token = self._prefix + self._digest(f"{kind}\0{plain}".encode())
        if kind == "name":
            return f"{mask_name(text)}~{token}"
        return token + "!" if kind == "id" and len(text) == _RESIDENT and id_number_fault(text) else token

    def fingerprint(self, content: bytes) -> str:
        """A keyed digest of bytes that may hold personal numbers: says "the same as last time" and nothing else."""
        return self._digest(b"row\0" + content)

    def _digest(self, content: bytes) -> str:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(content)
        outer.update(inner.digest())
        return outer.hexdigest()[:32]


def scrub(text: str) -> str:
    """Free text without the personal numbers that people type into it: resident identity numbers whose check character
    is right, and mobile numbers. Other long figures stay: amounts, credit codes, patent numbers.

    >>> scrub("联系人手机13912345678，覆盖12345678901万亩")
    '联系人手机139********，覆盖12345678901万亩'
    """
    if not _LONG_FIGURE.search(text):
        return text
    text = _LONG_FIGURE.sub(lambda found: found.group().translate(_FULL_WIDTH), text)
    text = _MOBILE.sub(lambda found: found.group()[:3] + "*" * 8, text)
    return _ID_NUMBER.sub(
        lambda found: found.group() if id_number_fault(found.group()) else found.group()[:2] + "*" * 16, text
    )


# Without regard to what stands before, because JSON writes a line's end as a letter. Each begins with a fixed character:
# the search then skips through a row's 2 kB in a microsecond or two, where one for all would take thirty.
_SUSPECTS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rb"1[3-9][0-9]{9}(?![0-9A-Za-z])",
        rb"19[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx](?![0-9A-Za-z])",  # an identity number from its year of birth on
        rb"20[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx](?![0-9A-Za-z])",
        rb"\xef\xbc[\x90-\x99](?:\xef\xbc[\x90-\x99]|[0-9]){10}",  # full-width digits in UTF-8
    )
)


def may_hold_personal_number(payload: bytes) -> bool:
    """Whether `scrub` could find anything in a text of this JSON; says yes too often rather than too seldom."""
    return any(suspect.search(payload) for suspect in _SUSPECTS)


def mask_name(name: str) -> str:
    """The name as it may be stored: its first character, then stars.

    >>> mask_name("王小明"), mask_name("John Smith"), mask_name("")
    ('王**', 'J**', '')
    """
    if concealed := _concealed(name):
        return concealed["mask"] or ""
    text = name.strip()
    return text[:1] + "*" * min(len(text) - 1, 2) if text else ""


def id_number_doubtful(number: str) -> bool:
    """Whether an identity number of a resident's length fails its check; of a concealed one, whether it did."""
    if concealed := _concealed(number):
        return bool(concealed["fault"])
    return len(number.strip()) == _RESIDENT and id_number_fault(number) is not None

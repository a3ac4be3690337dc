"""Personal numbers become keyed tokens before anything is stored, and names are masked.

A token is `<key id>.<32 hexadecimal digits>`: an HMAC over the kind and the normalised value, cut to 128 bits. Equal
persons have equal tokens under one key, and without the key a token tells nothing (an unkeyed digest would not do: all
phone numbers can be tried in an afternoon). A province that holds the key may send tokens itself; they pass unchanged.
"""

import hmac
import re
import unicodedata
from typing import Final, Literal

from schema.identifiers import id_number_fault

TokenKind = Literal["id", "phone", "name"]
Algorithm = Literal["sha256", "sm3"]

_TOKEN = re.compile(r"[a-z0-9]{1,8}\.[0-9a-f]{32}")
_NOT_ID = re.compile(r"[^0-9A-Z]")
_NOT_DIGIT = re.compile(r"\D")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])", re.ASCII)
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-8][0-9]{16}[0-9Xx](?![0-9A-Za-z])", re.ASCII)
_CHINESE_MOBILE: Final = 11


def _normalised(kind: TokenKind, value: str) -> str:
    text = value if value.isascii() else unicodedata.normalize("NFKC", value)
    if kind == "id":
        return _NOT_ID.sub("", text.upper())
    if kind == "phone":
        digits = _NOT_DIGIT.sub("", text)
        return digits[-_CHINESE_MOBILE:] if digits.startswith(("86", "0086")) else digits
    return "".join(text.split()).casefold()


class Tokeniser:
    """Makes tokens under one key. `algorithm` is "sha256", or "sm3" (GB/T 32905) where OpenSSL offers it."""

    def __init__(self, key: bytes, key_id: str = "k1", algorithm: Algorithm = "sha256") -> None:
        if len(key) < 32:
            raise ValueError("a token key has at least 32 bytes")
        self._mac = hmac.new(key, digestmod=algorithm)  # copied for each value: the key is hashed once
        self._prefix = key_id + "."

    def token(self, kind: TokenKind, value: str | None) -> str | None:
        """The token of a personal number or a name; None for an empty value; a token passes unchanged."""
        if not value or ("." in value and _TOKEN.fullmatch(value)):
            return value or None
        text = _normalised(kind, value)
        if not text:
            return None
        return self._prefix + self._digest(f"{kind}\0{text}".encode())

    def fingerprint(self, content: bytes) -> str:
        """A keyed digest of bytes that may hold personal numbers: says "the same as last time" and nothing else."""
        return self._digest(b"row\0" + content)

    def _digest(self, content: bytes) -> str:
        mac = self._mac.copy()
        mac.update(content)
        return mac.hexdigest()[:32]


def scrub(text: str) -> str:
    """Free text without the personal numbers that people type into it: resident identity numbers whose check character
    is right, and mobile numbers. Other long figures stay: amounts, credit codes, patent numbers.

    >>> scrub("联系人手机13912345678，覆盖12345678901万亩")
    '联系人手机139********，覆盖12345678901万亩'
    """
    text = _MOBILE.sub(lambda found: found.group()[:3] + "*" * 8, text)
    return _ID_NUMBER.sub(
        lambda found: found.group() if id_number_fault(found.group()) else found.group()[:2] + "*" * 16, text
    )


def mask_name(name: str) -> str:
    """The name as it may be stored: its first character, then stars.

    >>> mask_name("王小明"), mask_name("John Smith"), mask_name("")
    ('王**', 'J**', '')
    """
    text = name.strip()
    return text[:1] + "*" * min(len(text) - 1, 2) if text else ""

"""What a platform says no with: the sentences for no answer, for credentials refused, for a status nobody expects."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from schema.errors import PassingFault, Problem, SourceChanged

_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


def private(url: str, found: str) -> Problem:
    """That an address, which must be public, is not."""
    return Problem(
        "ADDRESS_PRIVATE",
        url,
        value=found,
        zh="地址不在公网（内网、本机或保留地址），未发送",
        en="the address is not public (private, loopback or reserved); nothing was sent",
        remedy_zh="改用公网地址，或由运维在配置中明确允许",
        remedy_en="use a public address, or have the operator allow it in the settings",
    )


def silent(url: str, zh: str, en: str) -> Problem:
    """That a platform gave no answer to go by, and how."""
    return Problem(
        "PLATFORM_UNREACHABLE",
        url,
        zh=zh,
        en=en,
        remedy_zh="稍后自动重试；若持续，请联系省平台",
        remedy_en="retried automatically; if it lasts, call the province",
    )


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds that Retry-After asks for, as a number or as a date (RFC 9110, 10.2.3), which is held against the platform's
    own clock where it tells the time; None where it asks for nothing that can be read.
    """
    after = headers.get("Retry-After", "").strip()
    if after.isascii() and after.isdigit():
        return int(after)
    try:
        moment = parsedate_to_datetime(after)
        now = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
        return max(0, math.ceil((moment - now).total_seconds()))
    except (ValueError, TypeError):  # no date, or one without a zone
        return None


def refuse(status: int, headers: Mapping[str, str], url: str) -> None:
    """Raise what a status means: PassingFault where trying again may help, SourceChanged where a person must look."""
    if status in (200, 304):
        return
    if status in _PASSING:
        fault = PassingFault(silent(url, f"平台返回 {status}", f"the platform answered {status}"))
        fault.retry_after = _retry_after(headers)
        raise fault
    if status in (401, 403):
        raise SourceChanged(
            Problem(
                "PLATFORM_REFUSED",
                url,
                value=str(status),
                zh=f"平台拒绝了我们的凭证（{status}）",
                en=f"the platform refused our credentials ({status})",
                remedy_zh="请向省平台核对密钥及有效期",
                remedy_en="check key and validity with the province",
            )
        )
    raise SourceChanged(
        Problem(
            "UNEXPECTED_STATUS",
            url,
            value=str(status),
            zh=f"平台返回意外的状态 {status}（不跟随跳转）",
            en=f"the platform answered {status}, which we do not expect (redirects are not followed)",
            remedy_zh="请核对平台地址是否变更",
            remedy_en="check whether the platform has moved",
        )
    )

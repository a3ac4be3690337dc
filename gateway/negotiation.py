"""The two media types of GraphQL over HTTP, and which of them a client wants.

https://graphql.github.io/graphql-over-http/draft/ : a document that cannot be run is status 400 to whoever asks for
`application/graphql-response+json`, and status 200 to whoever asks for `application/json`, as it always was.
"""

from functools import lru_cache
from typing import Final

from schema.errors import Problem, RequestError

JSON: Final = "application/json"
RESPONSE: Final = "application/graphql-response+json"
_ANY: Final = ("*/*", "application/*")
_SAID: Final = 100  # different headers, of which clients have a handful


@lru_cache(_SAID)
def wanted(accept: str | None) -> str:
    """The media type of the answer; RequestError with status 406 where the client takes neither."""
    if not accept or not accept.strip():
        return JSON
    best, weight = None, 0.0
    for each in accept.split(","):
        media, *parameters = (part.strip().lower() for part in each.split(";"))
        offered = JSON if media in _ANY else media if media in (JSON, RESPONSE) else None
        quality = _quality(parameters)
        if offered is not None and quality > weight:
            best, weight = offered, quality
    if best is None:
        raise RequestError(
            Problem(
                "NOT_ACCEPTABLE",
                "Accept",
                "只能以 JSON 应答",
                "answers are JSON alone",
                remedy_zh=f"Accept: {RESPONSE}",
                remedy_en=f"Accept: {RESPONSE}",
            ),
            status=406,
        )
    return best


def events_needed() -> RequestError:
    """What is said of a subscription to whoever takes one answer: status 406, since it can be had in another form."""
    return RequestError(
        Problem(
            "EVENTS_NEEDED",
            "Accept",
            "订阅不能一次应答",
            "a subscription is not one answer",
            remedy_zh="Accept: text/event-stream，或经 graphql-transport-ws 连接",
            remedy_en="Accept: text/event-stream, or connect by graphql-transport-ws",
        ),
        status=406,
    )


@lru_cache(_SAID)
def check_content_type(header: str | None) -> None:
    """RequestError with status 415 for anything but JSON in UTF-8: what a page of another site could send without asking
    (forms, plain text) is never read.
    """
    media, *parameters = (part.strip().lower() for part in (header or "").split(";"))
    charset = next((each.removeprefix("charset=").strip('"') for each in parameters if each.startswith("charset=")), "")
    if media != JSON or charset not in ("", "utf-8", "utf8"):
        raise RequestError(
            Problem(
                "CONTENT_TYPE_REFUSED",
                "Content-Type",
                "请求体须为 UTF-8 JSON",
                "the body must be JSON in UTF-8",
                remedy_zh=f"Content-Type: {JSON}",
                remedy_en=f"Content-Type: {JSON}",
            ),
            status=415,
        )


def _quality(parameters: list[str]) -> float:
    for each in parameters:
        if each.startswith("q="):
            try:
                return float(each[2:])
            except ValueError:
                return 0.0
    return 1.0

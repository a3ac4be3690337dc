"""Documents that are known beforehand: a client names one by its digest, and where only these are allowed nobody can send
another. They are files (`*.graphql`) in a folder, read once at the start; each is known by the SHA-256 of its bytes.
"""

import hashlib
from pathlib import Path
from typing import Any, Final

from schema.errors import Problem, RequestError

_PREFIX: Final = "sha256:"


class TrustedDocuments:
    """One for a process; empty unless a folder is configured."""

    def __init__(self, folder: Path | None = None, *, only: bool = False) -> None:
        files = sorted(folder.rglob("*.graphql")) if folder else []
        self._documents = {digest(text): text for text in (path.read_text("utf-8") for path in files)}
        self._only = only

    def named(self, request: dict[str, Any]) -> dict[str, Any]:
        """The request with the document that it names, by `documentId` or as Apollo's clients do; RequestError where there
        is none, or where it sends one of its own and must not.
        """
        name = request.get("documentId") or _apollo(request)
        if isinstance(name, str) and name and not (request.get("query") and not self._only):
            text = self._documents.get(name.removeprefix(_PREFIX).lower())
            if text is None:
                raise RequestError(
                    Problem(
                        "DOCUMENT_UNKNOWN",
                        "documentId",
                        "没有登记这份文档",
                        "no such document is registered",
                        name[:80],
                        "重新生成并登记；或直接发送 query",
                        "register it, or send the query itself",
                    ),
                    status=404,
                )
            return {**request, "query": text}
        if self._only:
            raise RequestError(
                Problem(
                    "DOCUMENT_NOT_TRUSTED",
                    "query",
                    "只接受已登记的文档",
                    "only registered documents are run",
                    remedy_zh="以 documentId 指明文档的 SHA-256",
                    remedy_en="name a document by its SHA-256 as documentId",
                ),
                status=403,
            )
        return request


def digest(text: str) -> str:
    """By which a document is named."""
    return hashlib.sha256(text.encode()).hexdigest()


def _apollo(request: dict[str, Any]) -> object:
    extensions = request.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    return persisted.get("sha256Hash") if isinstance(persisted, dict) else None

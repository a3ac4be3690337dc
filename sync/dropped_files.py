"""Files that provinces hand in: checked whole, then laid into their region's folder at one stroke.

A file gets the time in front of its name, so that it is the newest of its folder, which is the one that is read (see
`adapters.file_source`). What is not checked yet has a name that nobody reads.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final

from adapters.base import Adapter
from adapters.file_source import FileSource
from adapters.table import KINDS, MOST_BYTES, too_large
from adapters.transport import Endpoint
from schema.errors import Problem, RequestError, SourceChanged, redact
from sync.settings import Settings

_NAME: Final = re.compile(r"[\w（(\[【《“][\w ()（）\[\]【】《》“”、，,+=@#&·.\-]{0,99}")


@dataclass(frozen=True, slots=True)
class Laid:
    """A file that lies in its folder: its name there, its size in bytes, its rows, and the digest to compare with."""

    file: str
    size: int
    rows: int
    sha256: str


def folder_of(settings: Settings, adapter: Adapter) -> Path:
    """The region's folder; RequestError where none is configured."""
    if settings.files_folder is None:
        raise RequestError(
            Problem(
                "FILES_FOLDER_MISSING",
                "DEXHUB_FILES_FOLDER",
                zh="未配置接收文件的目录",
                en="no folder for files is configured",
                remedy_zh="由运维设置 DEXHUB_FILES_FOLDER",
                remedy_en="whoever runs the hub sets DEXHUB_FILES_FOLDER",
            ),
            status=503,
        )
    return settings.files_folder / adapter.manifest.slug


class Receiving:
    """A file that comes in pieces."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._size = 0

    def add(self, piece: bytes) -> None:
        """The next piece; RequestError once there is more than a table may have."""
        self._size += len(piece)
        if self._size > MOST_BYTES:
            raise RequestError(too_large("body").problems, status=413)
        self._target.write(piece)

    def laid(self, adapter: Adapter, folder: Path, name: str) -> Laid:
        """Check the whole file, and lay it down; RequestError with all its problems."""
        self._target.flush()
        path = Path(self._target.name)
        body = path.read_bytes()
        try:
            rows = FileSource(Endpoint("file:"), adapter.manifest).rows(name, body)
        except SourceChanged as error:
            raise RequestError(error.problems, status=422) from None
        final = folder / f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S.%fZ} {name}"
        os.fsync(self._target.fileno())
        path.rename(final)
        return Laid(final.name, len(body), len(rows), hashlib.sha256(body).hexdigest())


@contextmanager
def receiving(folder: Path, name: str) -> Iterator[Receiving]:
    """Room for a file of this name; nothing of it is left behind unless it was laid down."""
    _refuse_name(name)
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=".", delete=False) as target:
        try:
            yield Receiving(target)
        finally:
            Path(target.name).unlink(missing_ok=True)


def _refuse_name(name: str) -> None:
    if _NAME.fullmatch(name) and name.lower().endswith(KINDS):
        return
    raise RequestError(
        Problem(
            "FILE_NAME_INVALID",
            "name",
            value=redact(name),
            zh="文件名须为不含路径的 .xlsx 或 .csv 文件名，最长 100 字",
            en="the name must be that of an .xlsx or .csv file, without a path, of at most 100 characters",
            remedy_zh="另存为 .xlsx 或 .csv，以简单的名称重新上传",
            remedy_en="save it as .xlsx or .csv under a plain name and send it again",
        )
    )

"""What a file is, by its bytes: its name is not believed. What no list can be read from is refused with the way to mend it.

A table that came under another table's name (a .csv called .xls, as many systems export) is read as what it is.
"""

from enum import StrEnum
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile

from schema.errors import Problem, RequestError


class Kind(StrEnum):
    """What lists are read from."""

    XLSX = "xlsx"
    XLS = "xls"
    TEXT = "csv"
    JSON = "json"


MOST_BYTES: Final = 8 << 20  # of a list's file; 1,000 rows need a hundredth of it
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN: Final = (
    (b"MZ", "可执行程序", "a program"), (b"\x7fELF", "可执行程序", "a program"), (b"%PDF", "PDF 文件", "a PDF"),
    (b"\x89PNG", "图片", "a picture"), (b"\xff\xd8\xff", "图片", "a picture"), (b"GIF8", "图片", "a picture"),
    (b"Rar!", "压缩包", "an archive"), (b"7z\xbc\xaf", "压缩包", "an archive"), (b"\x1f\x8b", "压缩包", "an archive"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
)  # fmt: skip
_PAGES: Final = (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta")
_THE_LIST: Final = ("上传名单本身：.xlsx、.xls、.csv 或 .json", "send the list itself, as .xlsx, .xls, .csv or .json")
_SAVE_AS: Final = (
    "用表格软件打开，另存为 .xlsx 后重新上传",
    "open it in a spreadsheet program, save it as .xlsx, send that",
)


def kind_of(body: bytes) -> Kind:
    """The kind of a file; RequestError (413, 415, 422) where it is none of ours."""
    if len(body) > MOST_BYTES:
        raise too_large(f"文件超过 {MOST_BYTES >> 20} MB", f"the file exceeds {MOST_BYTES >> 20} MB")
    if not body.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise _refused("FILE_EMPTY", "文件为空", "the file is empty", _THE_LIST, status=422)
    if body.startswith(b"PK"):
        return _packed(body)
    if body.startswith(_OLE):
        return _compound(body)
    for start, zh, en in _FOREIGN:
        if body.startswith(start):
            raise _refused("FILE_FOREIGN", f"这是{zh}，不是表格", f"this is {en}, not a table", _THE_LIST)
    return _plain(body)


def _packed(body: bytes) -> Kind:
    try:
        with ZipFile(BytesIO(body)) as archive:
            names = {name.lower() for name in archive.namelist()}
            secret = any(member.flag_bits & 1 for member in archive.infolist())
    except (BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise damaged("压缩结构不完整，文件可能没有传完") from None
    if secret:
        raise _password()
    if any(name.endswith("vbaproject.bin") for name in names):
        raise _macro()
    if "xl/workbook.bin" in names:
        raise _refused("FILE_FOREIGN", "不支持 .xlsb", "an .xlsb workbook is not read")
    if not any(name.startswith("xl/") for name in names):
        raise _refused(
            "FILE_FOREIGN",
            "这是压缩包或其他文档，不是 .xlsx 工作簿",
            "an archive or another document, no .xlsx",
            _THE_LIST,
        )
    return Kind.XLSX


def _compound(body: bytes) -> Kind:
    """A compound document names its streams in UTF-16: an old workbook, or anything packed with a password."""
    if _named(body, "EncryptedPackage") or _named(body, "EncryptionInfo"):
        raise _password()
    if _named(body, "_VBA_PROJECT"):
        raise _macro()
    if not _named(body, "Workbook") and not _named(body, "Book"):
        raise _refused(
            "FILE_FOREIGN", "这是旧版 Office 文档，不是 .xls 工作簿", "an old Office document, no workbook", _THE_LIST
        )
    return Kind.XLS


def _plain(body: bytes) -> Kind:
    start = body[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    low = start.lower()
    if low.startswith(_PAGES) or (low.startswith(b"<?xml") and b"<html" in low):
        raise _refused("FILE_FOREIGN", "这是网页，只是扩展名像表格", "this is a web page that only has a table's name")
    if low.startswith(b"<"):
        raise _refused("FILE_FOREIGN", "这是 XML 文档，不是表格", "this is an XML document, not a table")
    wide = body[:2] in (b"\xff\xfe", b"\xfe\xff")  # UTF-16, as “Unicode text” is saved
    if b"\0" in body and not wide:
        raise _refused("FILE_FOREIGN", "这不是表格，也不是文本", "neither a table nor text", _THE_LIST)
    return Kind.JSON if start[:1] in (b"[", b"{") else Kind.TEXT


def _named(body: bytes, stream: str) -> bool:
    return stream.encode("utf-16-le") in body


def too_large(zh: str, en: str) -> RequestError:
    """More than a list can be, in whatever way."""
    return RequestError(
        Problem("FILE_TOO_LARGE", "file", zh, en, remedy_zh="一份名单最多 1,000 行；删除多余的行、列、图片和工作表后重新上传",
                remedy_en="a list has at most 1,000 rows: remove other rows, columns, pictures and sheets, send it again"),
        status=413,
    )  # fmt: skip


def damaged(zh: str = "文件已损坏") -> RequestError:
    """It begins like a workbook and cannot be read as one."""
    problem = Problem("FILE_UNREADABLE", "file", zh, "the file is damaged or incomplete", None, *_SAVE_AS)
    return RequestError(problem, status=422)


def _refused(code: str, zh: str, en: str, remedy: tuple[str, str] = _SAVE_AS, status: int = 415) -> RequestError:
    return RequestError(Problem(code, "file", zh, en, None, *remedy), status=status)


def _password() -> RequestError:
    return RequestError(
        Problem("FILE_HAS_PASSWORD", "file", "工作簿设有打开密码", "the workbook is protected by a password", None,
                "在“文件－信息”中取消密码后重新上传", "take the password off (File, Info) and send it again"),
        status=415,
    )  # fmt: skip


def _macro() -> RequestError:
    return RequestError(
        Problem("FILE_HAS_MACRO", "file", "工作簿含有宏", "the workbook holds macros", None,
                "另存为不含宏的 .xlsx 后重新上传", "save it as .xlsx, without macros, and send that"),
        status=415,
    )  # fmt: skip

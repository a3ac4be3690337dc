"""Write docs/errors.md from the code: every code that a problem can have, with its words in both languages.

A problem is found wherever a call or a tuple holds a code, a Chinese text and an English one, whatever carries them further;
so nothing has to be listed by hand. `--check` only compares, and says so by its exit code.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "errors.md"
_PACKAGES: Final = ("schema", "adapters", "sync", "gateway")
_CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|FORBIDDEN|UNAUTHENTICATED|INTERNAL")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_HEAD: Final = """# 错误代码 / Error codes

由 `scripts/error_codes.py` 从代码生成，请勿手改。Made from the code by `scripts/error_codes.py`; do not edit.

代码稳定，文字可以改进：程序请按 `code` 判断，把 `zh` 或 `en` 给人看。`…` 处为具体的值。
Codes are stable, words may get better: programs decide by `code` and show people `zh` or `en`. `…` stands for what was found.

预料之中的失败在变更结果的 `problems` 里；不能执行的请求（无权、无法解析的值、游标无效）在 `errors[].extensions` 的
`code` 与 `problems` 里；每个问题有 `code place value zh en remedyZh remedyEn`。`INTERNAL` 只带编号，详情在服务端日志。
Failures that are to be expected stand in a mutation's `problems`. Requests that cannot be carried out (no right to, a value
that cannot be read, a bad cursor) stand in `errors[].extensions` with `code` and `problems`. Each problem has
`code place value zh en remedyZh remedyEn`. `INTERNAL` has a reference alone; the log of the hub has the rest.

| 代码 / Code | 中文 | English | 何处 / Where |
|---|---|---|---|
"""
# Codes of errors that are no problems of one place.
_ELSEWHERE: Final = (
    "| `INTERNAL` | 内部错误，编号 … | internal error, reference … | gateway.errors |",
    "| `NATIVE_FIELDS_UNAVAILABLE` | …：… 个项目的省内字段暂不可得（…） | native fields of … entries are missing: … | gateway.native |",
)


class Told(NamedTuple):
    """One thing that can be said."""

    code: str
    zh: str
    en: str
    module: str


def told() -> list[Told]:
    """Everything that can be said, in order of code."""
    paths = [
        path for package in _PACKAGES for path in sorted((ROOT / package).rglob("*.py")) if "sandbox" not in str(path)
    ]
    return sorted({each for path in paths for each in _of(path)})


def page() -> str:
    """The page as it should be: a line for each code, with the first of its wordings and every module that uses it."""
    found: dict[str, list[Told]] = defaultdict(list)
    for each in told():
        found[each.code].append(each)
    lines = [
        f"| `{code}` | {_cell(uses[0].zh)} | {_cell(uses[0].en)} | {', '.join(sorted({use.module for use in uses}))} |"
        for code, uses in found.items()
    ]
    return _HEAD + "\n".join(sorted([*lines, *_ELSEWHERE])) + "\n"


def _of(path: Path) -> Iterator[Told]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    constants = {}
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Constant):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            constants[ast.unparse(target)] = node.value.value
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            parts = [*node.args, *(each.value for each in node.keywords)]
        elif isinstance(node, ast.Tuple):
            parts = node.elts
        else:
            continue
        texts = [_texts(part, constants) for part in parts]
        codes = [text for part in texts for text in part if _CODE.fullmatch(text)]
        said = [part for part in texts if part and not _CODE.fullmatch(part[0])]
        chinese = next((place for place, part in enumerate(said) if _is_chinese(part[0])), None)
        if codes and chinese is not None:
            en = next((part[0] for part in said[chinese + 1 :] if not _is_chinese(part[0])), "…")
            yield from (Told(code, said[chinese][0], en, module) for code in codes if not code.startswith("DEXHUB_"))


def _texts(node: ast.expr, constants: dict[str, object]) -> list[str]:
    """What a text may read like, `…` for what is only known when it is said; nothing for what is no text."""
    if isinstance(node, ast.Name):
        value = constants.get(node.id)
        return [value] if isinstance(value, str) else []
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, constants), *_texts(node.orelse, constants)]
    if isinstance(node, ast.BinOp):
        sides = [_texts(side, constants) for side in (node.left, node.right)]
        return ["".join(side[0] if side else "…" for side in sides)] if any(sides) else []
    return []


def _is_chinese(text: str) -> bool:
    """Rather than English with a Chinese name in it."""
    return 4 * len(_CHINESE.findall(text)) > len(re.findall(r"[A-Za-z]", text))


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PAGE.write_text(page(), "utf-8")
    elif PAGE.read_text("utf-8") != page():
        sys.exit("docs/errors.md 与代码不一致，运行 make errors / docs/errors.md differs from the code: make errors")

"""Reads facts from TOML. All problems of a file are reported at once, each with file, key and remedy (`FactsError`)."""

import tomllib
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from schema.errors import FactsError, Problem
from schema.provenance import Fact

NATIONAL: Final = Path(__file__).parent / "national"
_F = TypeVar("_F", bound=Fact)


def read_facts(path: Path, model: type[_F]) -> _F:
    """One TOML file as `model`; FactsError names every problem of the file."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FactsError(problem_in(path, "", str(error), "FACTS_UNREADABLE")) from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise FactsError(
            [problem_in(path, ".".join(map(str, item["loc"])), item["msg"]) for item in error.errors()]
        ) from None


def problem_in(path: Path, key: str, message: str, code: str = "FACTS_INVALID") -> Problem:
    """What is wrong at a key of a file of ours."""
    place = f"{path.parent.name}/{path.name}" + (f": {key}" if key else "")
    return Problem(
        code, place, zh=f"事实文件有误：{message}", en=message, remedy_zh="请改正该键", remedy_en="mend this key"
    )

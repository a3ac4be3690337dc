"""What a check leaves behind: JUnit for a build server, a certificate for the file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import orjson

from adapters.conformance.rule import Outcome, Result


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes of one check; `against` is the platform's address, or "sandbox"."""

    folder: Path
    against: str
    checked_at: datetime
    outcomes: Sequence[Outcome]

    @property
    def conforms(self) -> bool:
        """Whether no rule failed, and something was checked."""
        results = {outcome.result for outcome in self.outcomes}
        return Result.FAILED not in results and Result.PASSED in results

    def certificate(self) -> bytes:
        """JSON: who was checked when and against what, and every rule with result, time and reason."""
        content = {
            "region": self.folder.name,
            "conforms": self.conforms,
            "checked_at": self.checked_at.isoformat(timespec="seconds"),
            "against": self.against,
            "manifest_digest": digest(self.folder),
            "rules": [
                {
                    "rule": outcome.rule.id,
                    "title_zh": outcome.rule.zh,
                    "title_en": outcome.rule.en,
                    "result": outcome.result,
                    "seconds": round(outcome.seconds, 3),
                    "reason": outcome.reason,
                    "problems": [problem.as_dict() for problem in outcome.problems],
                }
                for outcome in self.outcomes
            ],
        }
        return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def junit(self) -> bytes:
        """JUnit XML, one test case a rule; an exempt rule counts as skipped and says why."""
        counted = {result: sum(outcome.result is result for outcome in self.outcomes) for result in Result}
        suite = ET.Element(
            "testsuite",
            name=f"adapters check {self.folder.name}",
            timestamp=self.checked_at.isoformat(timespec="seconds"),
            tests=str(len(self.outcomes)),
            failures=str(counted[Result.FAILED]),
            skipped=str(counted[Result.SKIPPED] + counted[Result.EXEMPT]),
            time=f"{sum(outcome.seconds for outcome in self.outcomes):.3f}",
        )
        for outcome in self.outcomes:
            group, _, name = outcome.rule.id.partition(".")
            case = ET.SubElement(
                suite, "testcase", classname=f"{self.folder.name}.{group}", name=name, time=f"{outcome.seconds:.3f}"
            )
            text = "\n".join(map(str, outcome.problems))
            if outcome.result is Result.FAILED:
                title = f"{outcome.rule.zh} / {outcome.rule.en}"
                ET.SubElement(case, "failure", message=title).text = text
            elif outcome.result is not Result.PASSED:
                ET.SubElement(case, "skipped", message=outcome.reason)
        whole: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
        return whole


def digest(folder: Path) -> str:
    """SHA-256 over the folder's facts and code: a certificate is for these and no others."""
    made = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".toml", ".py")):
        content = path.read_bytes()
        made.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return made.hexdigest()

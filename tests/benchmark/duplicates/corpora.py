"""The corpora that contenders run on: generated once into the cache, or the frozen judged set of the repository.

By custom, odd seeds are for fitting and even ones for judging.
"""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import zstandard

JUDGED = Path(__file__).parent / "judged"
_ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Corpus:
    """A folder with entries.jsonl and truth.json."""

    name: str
    folder: Path

    @property
    def entries(self) -> Path:
        return self.folder / "entries.jsonl"

    @property
    def truth(self) -> Path:
        return self.folder / "truth.json"


def _state_of_generator() -> str:
    """A digest of the generator's files: another generator, another corpus."""
    digest = hashlib.sha256()
    for path in sorted((_ROOT / "adapters/sandbox").rglob("*")):
        if path.suffix in (".py", ".toml"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def generated(cache: Path, table: str, seed: int, total: int) -> Corpus:
    """The corpus of a table, seed and size; made unless the cache has it from the same generator."""
    made = Corpus(f"{table}, {total:,}", cache / "corpora" / f"{_state_of_generator()}-{table}-{seed}-{total}")
    if not made.truth.exists():
        command = [sys.executable, "-m", "adapters.sandbox.duplicates", "--table", table, "--seed", str(seed)]
        subprocess.run([*command, "--total", str(total), "--out", str(made.folder)], check=True, cwd=_ROOT)
    return made


def frozen(cache: Path) -> list[Corpus]:
    """The judged set, a corpus for each of its tables, laid out in the cache. Raises ValueError where it was altered."""
    made = []
    for line in (JUDGED / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ")
        content = zstandard.decompress((JUDGED / name).read_bytes())
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(f"{name} is not the file that was judged by before")
        table, file = name.removesuffix(".zst").split(".", 1)
        target = cache / "judged" / table / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if file == "truth.json":
            made.append(Corpus(f"judged {table}", target.parent))
    return made

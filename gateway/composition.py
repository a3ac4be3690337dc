"""The supergraph: all subgraphs in one document for a router, made by an existing composer under Node.js.

The npm packages are those of `gateway/node/package-lock.json`, laid by `scripts/node.sh` into a folder of the cache.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from adapters.registry import regions
from gateway.schema import REGISTRY, subgraphs
from schema.errors import Problem, RequestError

NODE: Final = Path(__file__).parent / "node"
COMPOSER: Final = "@theguild/federation-composition"
_FIRST_PORT: Final = 4100


@dataclass(frozen=True, slots=True)
class Composed:
    """What a composer said. `supergraph` is None where there are errors."""

    supergraph: str | None
    errors: tuple[str, ...]
    hints: tuple[str, ...]


def port_of(name: str) -> int:
    """Where a subgraph listens unless told otherwise: 4100 and the region's code; the registry at 4100."""
    codes = {adapter.manifest.slug: int(code) for code, adapter in regions().items()}
    return _FIRST_PORT + (0 if name == REGISTRY else codes[name])


def packages() -> Path:
    """The folder with node_modules: DEXHUB_NODE_PACKAGES, or the one in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("DEXHUB_NODE_PACKAGES") or cache / "dexhub" / "node")


def compose(urls: Mapping[str, str], composer: str = COMPOSER) -> Composed:
    """The supergraph of all subgraphs, each at its address in `urls` or else on this machine at its own port."""
    services = [
        {"name": name, "url": urls.get(name, f"http://127.0.0.1:{port_of(name)}/graphql"), "sdl": made.as_str()}
        for name, made in subgraphs().items()
    ]
    asked = {"packages": str(packages()), "composer": composer, "subgraphs": services}
    try:
        run = subprocess.run(  # noqa: S603  our own script; no shell
            [str(packages() / "node"), str(NODE / "compose.mjs")],
            input=orjson.dumps(asked),
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        words = (
            error.stderr.decode(errors="replace") if isinstance(error, subprocess.CalledProcessError) else str(error)
        )
        raise RequestError(
            Problem(
                "COMPOSER_MISSING",
                str(packages()),
                value=words.strip()[-300:],
                zh="合成工具无法运行",
                en="the composer could not be run",
                remedy_zh="运行 sh scripts/node.sh 安装",
                remedy_en="install it: sh scripts/node.sh",
            )
        ) from None
    said = orjson.loads(run.stdout)
    return Composed(said["supergraph"], tuple(said["errors"]), tuple(said["hints"]))

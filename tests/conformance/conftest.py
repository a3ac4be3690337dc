"""A province's folder in a place of its own, to be broken."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import adapters

Copy = Callable[[str], Path]


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copy]:
    """Makes a copy of a province, which is found before the province itself. Its modules are loaded anew
    from the copy, and those that were loaded before come back afterwards.
    """
    package = adapters.__name__
    loaded = dict(sys.modules)
    linked = dict(vars(adapters))

    def copy(slug: str) -> Path:
        folder = tmp_path / slug
        shutil.copytree(Path(adapters.__path__[0]) / slug, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name in [name for name in sys.modules if f"{name}.".startswith(f"{package}.{slug}.")]:
            del sys.modules[name]
        monkeypatch.setattr(adapters, "__path__", [str(tmp_path), *adapters.__path__])
        return folder

    yield copy
    for name in [name for name in sys.modules if name.startswith(f"{package}.")]:
        del sys.modules[name]
    sys.modules.update({name: module for name, module in loaded.items() if name.startswith(f"{package}.")})
    for name in vars(adapters).keys() - linked.keys():
        delattr(adapters, name)
    vars(adapters).update({name: value for name, value in linked.items() if name != "__path__"})

"""Where hypothesis keeps what it found."""

from pathlib import Path

from hypothesis.configuration import set_hypothesis_home_dir

# pytest refuses to run beside a directory called .hypothesis while `norecursedirs` does not name it.
set_hypothesis_home_dir(Path(__file__).parents[2] / ".pytest_cache" / "hypothesis")

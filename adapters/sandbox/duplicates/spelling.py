"""Ways to spell one title or name differently. Each returns its argument unchanged where it has nothing to take hold of."""

import random
from collections.abc import Callable
from typing import Final

from adapters.sandbox.duplicates.phrases import language

_FULL_WIDTH: Final = str.maketrans(
    {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {"“": "＂", "”": "＂", "·": "・"}
)
_HALF_WIDTH: Final = str.maketrans(
    {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)} | {"“": '"', "”": '"', "·": "-", "—": "-"}
)


def times_sign(rng: random.Random, text: str) -> str:
    """The multiplication sign as a letter or a word."""
    return text.replace("×", rng.choice(("x", "X", "乘", " x ", " X ", "*")))


def width(rng: random.Random, text: str) -> str:
    """Full-width signs as half-width, or the other way."""
    tables = [_HALF_WIDTH, _FULL_WIDTH]
    rng.shuffle(tables)
    return next((changed for table in tables if (changed := text.translate(table)) != text), text)


def punctuation(rng: random.Random, text: str) -> str:
    """A space, hyphen or dot where there was none, or the whole in title marks."""
    place = rng.randint(2, max(2, len(text) - 2))
    return rng.choice(
        (
            f"《{text}》",
            f"{text[:place]} {text[place:]}",
            f"{text[:place]}-{text[place:]}",
            f"{text[:place]}·{text[place:]}",
        )
    )


def traditional(_: random.Random, text: str) -> str:
    """Traditional characters throughout."""
    return text.translate(language().traditional)


def homophones(rng: random.Random, text: str) -> str:
    """One or two characters as an input method would mistake them."""
    sounds = language().homophones
    places = [place for place, sign in enumerate(text) if sign in sounds]
    signs = list(text)
    for place in rng.sample(places, min(len(places), rng.randint(1, 2))):
        signs[place] = rng.choice(sounds[signs[place]])
    return "".join(signs)


SPELLINGS: Final[dict[str, Callable[[random.Random, str], str]]] = {
    "times_sign": times_sign,
    "width": width,
    "punctuation": punctuation,
    "traditional": traditional,
    "homophones": homophones,
}

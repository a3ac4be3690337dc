"""Personal and organisation numbers for generated entries: valid in form, and marked so that none can be a living person's.

ID numbers carry birth years 2090 to 2099; phones use the prefix 154, which is assigned to nobody. Credit codes belong to
registration authority 9 (market regulation) or 1 (institutions) of the place, with correct check characters.
"""

import random
from typing import Final

from schema.identifiers import CREDIT_CODE_SIGNS, credit_code_sign

PHONE_PREFIX: Final = "154"
BIRTH_YEARS: Final = (2090, 2099)
_DISTRICT: Final = "0101"  # 市辖区 of the first city: the one that every province of the mainland has had all along
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK: Final = "10X98765432"
_ORG_SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


def id_number(rng: random.Random, region: str) -> str:
    """A number of GB 11643-1999's form, of a district that exists."""
    year = rng.randint(*BIRTH_YEARS)
    body = f"{region}{_DISTRICT}{year}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(1, 999):03d}"
    return body + _ID_CHECK[sum(int(d) * w for d, w in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def phone(rng: random.Random) -> str:
    """Eleven digits of a mobile number's form."""
    return f"{PHONE_PREFIX}{rng.randint(0, 99_999_999):08d}"


def credit_code(rng: random.Random, region: str, authority: str = "91") -> str:
    """A code of GB 32100-2015 with GB 11714 organisation code inside, both check characters right."""
    organisation = "".join(rng.choice(CREDIT_CODE_SIGNS) for _ in range(8))
    rest = sum(_ORG_SIGNS.index(c) * w for c, w in zip(organisation, _ORG_WEIGHTS, strict=True)) % 11
    check = {0: "0", 1: "X"}.get(rest, str(11 - rest))
    body = f"{authority}{region}0100{organisation}{check}"
    return body + credit_code_sign(body)

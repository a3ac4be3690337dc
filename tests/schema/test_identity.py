"""Tokens, masks and redaction: what may be stored and shown of a person."""

import hashlib
import hmac
import random
import re
import string
from collections.abc import Callable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sandbox import identities
from schema.errors import redact
from schema.identity import Algorithm, Tokeniser, mask_name, may_hold_personal_number, scrub

KEY = b"a key of thirty-two bytes or more"
TOKENS = Tokeniser(KEY)
needs_sm3 = pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="this OpenSSL has no SM3")
phones = st.integers(0, 2**32).map(lambda seed: identities.phone(random.Random(seed)))
id_numbers = st.integers(0, 2**32).map(lambda seed: identities.id_number(random.Random(seed), "41"))


def full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


def test_a_token_is_the_same_in_every_process_and_version() -> None:
    assert TOKENS.token("phone", "15400000000") == "k1.087b2cd36c996c651ef45663e7533dce"


@given(id_numbers)
def test_kinds_keys_and_key_ids_give_different_tokens(number: str) -> None:
    other_key, other_id = Tokeniser(KEY[::-1]), Tokeniser(KEY, "k2")
    made = {
        TOKENS.token("id", number),
        TOKENS.token("phone", number),
        TOKENS.token("name", number),
        other_key.token("id", number),
        other_id.token("id", number),
    }
    assert len(made) == 5


@given(id_numbers)
def test_an_identity_number_has_one_token_however_it_is_written(number: str) -> None:
    written = [number, number.lower(), full_width(number), f" {number[:6]} {number[6:14]} {number[14:]} "]
    assert len({TOKENS.token("id", text) for text in written}) == 1


@given(phones)
def test_a_phone_has_one_token_however_it_is_written(phone: str) -> None:
    grouped = f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    written = [phone, grouped, grouped.replace("-", " "), full_width(phone), f"+86 {grouped}", f"0086{phone}"]
    assert len({TOKENS.token("phone", text) for text in written}) == 1


def test_a_name_has_one_token_whatever_its_spaces_and_case() -> None:
    assert len({TOKENS.token("name", text) for text in ("John Smith", "JOHN  SMITH", "johnsmith", "Ｊohn Smith")}) == 1


@given(st.sampled_from(["id", "phone", "name"]), id_numbers)
def test_a_token_sent_by_a_province_passes_unchanged(kind: str, number: str) -> None:
    token = TOKENS.token("id", number)
    assert TOKENS.token(kind, token) == token  # type: ignore[arg-type]  # sampled from the literal's members


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_nothing_has_no_token(empty: str | None) -> None:
    assert [TOKENS.token("id", empty), TOKENS.token("phone", empty), TOKENS.token("name", empty)] == [None] * 3


@given(st.sampled_from(["id", "phone"]), st.one_of(phones, id_numbers))
def test_no_token_holds_the_number_it_stands_for(kind: str, number: str) -> None:
    assert number not in str(TOKENS.token(kind, number))  # type: ignore[arg-type]  # as above


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Tokeniser(b"short")


@needs_sm3
def test_tokens_can_be_made_with_sm3_and_differ_from_those_of_sha256() -> None:
    token = Tokeniser(KEY, algorithm="sm3").token("phone", "15400000000")
    assert token is not None
    assert (re.fullmatch(r"k1\.[0-9a-f]{32}", token) is not None, token == TOKENS.token("phone", "15400000000")) == (
        True,
        False,
    )


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_fingerprints_are_equal_where_and_only_where_the_bytes_are(one: bytes, other: bytes) -> None:
    assert (TOKENS.fingerprint(one) == TOKENS.fingerprint(other)) == (one == other)


@pytest.mark.parametrize("algorithm", ["sha256", pytest.param("sm3", marks=needs_sm3)])
@given(key=st.binary(min_size=32, max_size=200), content=st.binary(max_size=300))
def test_a_digest_is_the_hmac_of_rfc_2104(algorithm: Algorithm, key: bytes, content: bytes) -> None:
    expected = hmac.new(key, b"row\0" + content, algorithm).hexdigest()[:32]
    assert Tokeniser(key, algorithm=algorithm).fingerprint(content) == expected


@given(st.text(max_size=30), st.one_of(phones, id_numbers), st.text(max_size=30), st.sampled_from([str, full_width]))
def test_a_text_that_scrubbing_would_change_is_suspected_in_its_json(
    before: str, number: str, after: str, written: Callable[[str], str]
) -> None:
    text = before + written(number) + after
    assert may_hold_personal_number(orjson.dumps({"a": [text]})) or scrub(text) == text


@pytest.mark.parametrize("around", ["\n{}\n", "电话{}。", '"{}"', "{}"])
@given(number=st.one_of(phones, id_numbers), written=st.sampled_from([str, full_width]))
def test_no_number_that_stands_apart_survives_scrubbing(
    around: str, number: str, written: Callable[[str], str]
) -> None:
    text = around.format(written(number))
    assert (may_hold_personal_number(orjson.dumps(text)), number[4:] in scrub(text)) == (True, False)


@given(st.text(max_size=40))
def test_a_masked_name_shows_at_most_its_first_character(name: str) -> None:
    masked, plain = mask_name(name), name.strip()
    assert (masked[:1], set(masked[1:]) <= {"*"}, len(masked) <= 3) == (plain[:1], True, True)


@given(st.text(st.sampled_from(string.digits + "Xx ()-/（）年人:０９٣")))
def test_redacted_text_holds_no_run_of_seven_digits(text: str) -> None:
    assert re.search(r"\d{7}", redact(text)) is None


@given(st.text(max_size=30), st.one_of(phones, id_numbers), st.text(max_size=30))
def test_redacted_text_holds_no_phone_or_identity_number(before: str, number: str, after: str) -> None:
    assert number not in redact(f"{before}{number}{after}")


@given(phones, st.sampled_from([" ", "-", "(", "）"]))
def test_redacted_text_holds_no_grouped_phone(phone: str, mark: str) -> None:
    assert phone[7:] not in redact(f"电话 {phone[:3]}{mark}{phone[3:7]}{mark}{phone[7:]}。")


@given(st.text())
def test_redacted_text_is_at_most_80_characters(text: str) -> None:
    assert len(redact(text)) <= 80


def test_a_date_is_left_readable() -> None:
    assert redact("2025-06-12 10:33:21") == "2025-06-12 10:33:21"

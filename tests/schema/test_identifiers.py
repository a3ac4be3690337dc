"""Codes of regions, entry ids, credit codes and identity numbers."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from adapters.sandbox import identities
from schema.errors import MappingError
from schema.identifiers import CREDIT_CODE_SIGNS, REGIONS, credit_code_fault, entry_id, id_number_fault, region_of

MAINLAND = sorted(REGIONS.keys() - {"71", "81", "82"})  # generated numbers are of a city's district
NATIVE = st.text(st.characters(exclude_categories=("Z", "C"), exclude_characters=":/?#"), min_size=1, max_size=64)
seeds = st.integers(0, 2**32)


def test_there_are_34_regions_each_filed_under_its_own_code() -> None:
    assert [len(REGIONS), [code for code, region in REGIONS.items() if region.code != code]] == [34, []]


@pytest.mark.parametrize("field", ["iso", "slug", "name", "full_name"])
def test_no_two_regions_share_a_code_or_name(field: str) -> None:
    assert len({getattr(region, field) for region in REGIONS.values()}) == 34


def test_shanxi_and_shaanxi_are_told_apart_by_code_letters_and_name() -> None:
    found = [(REGIONS[code].slug, REGIONS[code].iso, REGIONS[code].name) for code in ("14", "61")]
    assert found == [("shanxi", "CN-SX", "山西"), ("shaanxi", "CN-SN", "陕西")]


@given(st.sampled_from(sorted(REGIONS)), NATIVE)
def test_an_entry_id_leads_back_to_its_region_and_native_id(region: str, native: str) -> None:
    made = entry_id(region, native)
    assert (region_of(made), made.partition(":")[2]) == (region, native)


@pytest.mark.parametrize("native", ["", " ", "a b", "a:b", "a/b", "a?b", "a#b", "\u3000", "a\n", "x" * 65])
def test_a_native_id_that_would_break_an_address_is_refused(native: str) -> None:
    with pytest.raises(MappingError) as caught:
        entry_id("41", native)
    assert caught.value.code == "ENTRY_ID_INVALID"


@pytest.mark.parametrize("region", ["99", "", "henan", "4"])
def test_an_entry_id_of_an_unknown_region_is_refused(region: str) -> None:
    with pytest.raises(MappingError):
        entry_id(region, "A1")


@pytest.mark.parametrize("text", ["", "41", "99:A1", ":A1", "henan:A1"])
def test_a_text_that_is_no_entry_id_has_no_region(text: str) -> None:
    assert region_of(text) == ""


@given(st.sampled_from(MAINLAND), seeds)
def test_a_generated_identity_number_is_valid_in_form(region: str, seed: int) -> None:
    assert id_number_fault(identities.id_number(random.Random(seed), region)) is None


@given(st.sampled_from(MAINLAND), st.sampled_from(["91", "12"]), seeds)
def test_a_generated_credit_code_is_valid_in_form(region: str, authority: str, seed: int) -> None:
    assert credit_code_fault(identities.credit_code(random.Random(seed), region, authority)) is None


@given(st.text(CREDIT_CODE_SIGNS, min_size=9, max_size=9), st.integers(100000, 999999))
def test_the_check_character_of_a_credit_code_is_as_an_independent_library_has_it(signs: str, place: int) -> None:
    body = f"91{place}{signs}"
    assert credit_code_fault(body + uscc.calc_check_digit(body)) is None


@given(st.sampled_from(MAINLAND), seeds, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_an_identity_number_is_found(region: str, seed: int, place: int, shift: int) -> None:
    number = identities.id_number(random.Random(seed), region)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert id_number_fault(wrong) is not None


@given(st.sampled_from(MAINLAND), seeds, st.sampled_from(CREDIT_CODE_SIGNS))
def test_a_wrong_check_character_of_a_credit_code_is_found(region: str, seed: int, sign: str) -> None:
    code = identities.credit_code(random.Random(seed), region)
    assert (credit_code_fault(code[:-1] + sign) is None) == (sign == code[-1])


def test_an_identity_number_may_end_in_a_small_x_and_be_padded() -> None:
    assert id_number_fault(" 11010520901231013x ") == id_number_fault("11010520901231013X")


@given(st.one_of(st.text(max_size=20), st.text(string.digits, min_size=17, max_size=18)))
def test_any_text_can_be_checked_as_an_identity_number(text: str) -> None:
    assert id_number_fault(text) in (None, "check character, date or place of GB 11643-1999 fails")


@pytest.mark.parametrize("region", ["71", "81", "82"])
def test_an_identity_number_of_a_place_without_districts_is_doubted_and_stops_nothing(region: str) -> None:
    number = identities.id_number(random.Random(1), region)
    assert id_number_fault(number) == "check character, date or place of GB 11643-1999 fails"


@given(st.text(max_size=20))
def test_any_text_can_be_checked_as_a_credit_code(text: str) -> None:
    assert credit_code_fault(text) in (None, "check character or form of GB 32100-2015 fails")

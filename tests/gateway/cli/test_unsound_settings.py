"""Settings that cannot be used are told all at once and in words, without what they hold."""

import pytest


def test_all_wrong_settings_are_told_by_their_names_and_without_their_values(dexhub, monkeypatch) -> None:
    monkeypatch.setenv("DEXHUB_LEASE_SECONDS", "soon")
    monkeypatch.setenv("DEXHUB_PLATFORMS__HENAN__KEY_ID", "kept to themselves")
    run = dexhub("keys", "list")
    told = (run.code, run.problems, "DEXHUB_PLATFORMS__HENAN__URL" in run.err, "kept to themselves" in run.err)
    assert told == (2, ["SETTING_INVALID", "SETTING_INVALID"], True, False)


def test_a_file_of_settings_that_is_no_toml_is_told(dexhub, monkeypatch, tmp_path) -> None:
    (tmp_path / "dexhub.toml").write_text("lease_seconds = = 3", "utf-8")
    run = dexhub("keys", "list")
    assert (run.code, run.problems) == (2, ["SETTING_INVALID"])


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_of_a_secret_that_cannot_be_read_is_told(dexhub, at, monkeypatch, tmp_path, content) -> None:
    file = tmp_path / "token.key"
    if content:
        file.write_bytes(content)
    monkeypatch.setenv("DEXHUB_TOKEN_KEY_FILE", str(file))
    run = dexhub("pull", "henan")
    assert (run.code, run.problems) == (2, ["SECRET_UNREADABLE"])

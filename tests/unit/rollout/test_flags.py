"""Switches: a file as flagd has it, read again when it changes, and another provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openfeature")

from openfeature import api
from openfeature.exception import ErrorCode
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider

from octad.errors import InputError, MissingExtra
from octad.rollout.flags import DOMAIN, FILE, FLAGD, FileProvider, parsed, switches

KEY = "sorter.rollout"


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    api.clear_providers()
    yield
    api.clear_providers()


def put(folder: Path, **flags: Any) -> None:
    made = {
        name.replace("_", "."): {"state": "ENABLED", "variants": {"a": value, "b": 7}, "defaultVariant": "a"}
        for name, value in flags.items()
    }
    (folder / FILE).write_text(json.dumps({"flags": made}))


def test_everything_is_on_where_nothing_is_said(tmp_path: Path) -> None:
    own = switches(tmp_path)
    assert own.enabled("sorter") and own.evidence("sorter") and not own.paused("sorter")


def test_a_file_switches_and_is_read_again(tmp_path: Path) -> None:
    own = switches(tmp_path)
    put(tmp_path, sorter_rollout=False, sorter_evidence=False)
    assert own.paused("sorter") and not own.evidence("sorter") and own.enabled("sorter")
    assert not own.paused("other")
    put(tmp_path, sorter_enabled=False)
    assert not own.paused("sorter") and not own.enabled("sorter")
    (tmp_path / FILE).unlink()
    assert own.enabled("sorter")


def test_a_file_that_is_broken_leaves_what_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, sorter_rollout=False)
    own = switches(tmp_path)
    assert own.paused("sorter")
    (tmp_path / FILE).write_text("{")
    assert own.paused("sorter") and own.paused("sorter")
    assert capsys.readouterr().err.count("is left as it was: no flags in the layout of flagd") == 1


@pytest.mark.parametrize(
    "text",
    [
        "[]", '{"flags": []}', '{"flags": {"a": {}}}', "[" * 100_000,
        '{"flags": {"a": {"state": "ON", "variants": {"a": true}, "defaultVariant": "a"}}}',
        '{"flags": {"a": {"state": "ENABLED", "variants": {"a": true}, "defaultVariant": "b"}}}',
        '{"flags": {"a": {"state": "ENABLED", "variants": {"a": 1}, "defaultVariant": "a", '
        '"targeting": {"if": 1}}}}',
    ],
)  # fmt: skip
def test_what_is_no_file_of_flags(text: str) -> None:
    with pytest.raises(InputError):
        parsed(text)


def test_values_of_other_kinds(tmp_path: Path) -> None:
    put(tmp_path, a_text="x", a_whole=3, a_number=0.5, a_list=[1], a_switch=True)
    file, on = tmp_path / FILE, '"a.list": {"state": "ENABLED"'
    file.write_text(file.read_text().replace(on, on.replace("ENABLED", "DISABLED")))
    provider = FileProvider(tmp_path / FILE)
    assert provider.get_metadata().name == "octad-file"
    assert provider.resolve_string_details("a.text", "").value == "x"
    assert provider.resolve_integer_details("a.whole", 0).value == 3
    assert provider.resolve_float_details("a.number", 0.0).value == 0.5
    assert provider.resolve_object_details("a.list", [2]).value == [2]
    assert provider.resolve_integer_details("a.switch", 5).error_code is ErrorCode.TYPE_MISMATCH
    assert provider.resolve_boolean_details("none", True).error_code is ErrorCode.FLAG_NOT_FOUND


def test_somebody_elses_provider_is_asked(tmp_path: Path) -> None:
    put(tmp_path, sorter_enabled=True)
    api.set_provider(InMemoryProvider({"sorter.enabled": InMemoryFlag("off", {"off": False})}), DOMAIN)
    assert not switches(tmp_path).enabled("sorter")


def test_a_flagd_needs_its_provider_and_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FLAGD, "nowhere")
    with pytest.raises(InputError, match="host:port"):
        switches(tmp_path)
    monkeypatch.setenv(FLAGD, "localhost:8013")
    monkeypatch.setattr("octad.rollout.flags.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match="openfeature-provider-flagd"):
        switches(tmp_path)

"""Where caches lie, and what a server keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import StoreError
from octad.store.folders import cache_folder, data_folder


def test_the_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OCTAD_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("OCTAD_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "octad"


def test_what_a_server_keeps_lies_where_it_is_said_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "a" / "b"))
    assert data_folder() == tmp_path / "a" / "b"
    assert data_folder().stat().st_mode & 0o777 == 0o700
    monkeypatch.delenv("OCTAD_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_folder() == tmp_path / "octad"


def test_a_folder_that_others_enter_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path))
    with pytest.raises(StoreError, match="OCTAD_STORE"):
        data_folder()

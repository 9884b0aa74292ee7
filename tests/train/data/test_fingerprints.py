"""Files that a model was trained on are named with their digests."""

from __future__ import annotations

from pathlib import Path

from octad_train.data.fingerprints import LENGTH, fingerprints


def test_files_of_one_folder_and_of_several(tmp_path: Path) -> None:
    for name in ("a/one.txt", "a/deep/two.txt", "b/one.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    alone = fingerprints(tmp_path / "a")
    assert set(alone) == {"one.txt", "deep/two.txt"}
    assert all(len(digest) == LENGTH for digest in alone.values()) and len(set(alone.values())) == 2
    both = fingerprints(tmp_path / "a", tmp_path / "b")
    assert set(both) == {"a/one.txt", "a/deep/two.txt", "b/one.txt"}
    assert both["a/one.txt"] == alone["one.txt"] != both["b/one.txt"]

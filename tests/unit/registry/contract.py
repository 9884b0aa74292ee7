"""What every registry keeps to; a class of tests for each kind inherits this one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from octad.errors import ArtefactError, InputError, OctadError
from octad.registry.base import BASELINE, CANDIDATE, PREVIOUS, SHIPPED, STABLE, Registry
from octad.store.artefact import load, shipped
from tests.unit.registry.artefacts import AGENT, edit, made

CAME = "debugger"
"""An agent whose weights come with the package."""
UNKNOWN = "0" * 64


class Contract:
    """Tests of a registry that is empty, by the fixture `registry`."""

    def put(self, registry: Registry, tmp_path: Path, seed: int, **said: str) -> str:
        """The digest of a version that was put."""
        return registry.put(made(tmp_path / f"made-{seed}", seed=seed), **said).digest

    def test_what_was_put_is_given_as_it_was(self, registry: Registry, tmp_path: Path) -> None:
        version = registry.put(made(tmp_path / "a"), note="the first")
        path, found = registry.get(AGENT, version.digest)
        assert found == version and path is not None
        assert load(AGENT, path)[1] == load(AGENT, tmp_path / "a")[1]
        assert (path / "core.onnx").read_bytes() == (tmp_path / "a" / "core.onnx").read_bytes()
        assert (found.agent, found.version, found.note) == (AGENT, "0.1.0", "the first")
        assert (dict(found.recipe), dict(found.metrics)) == ({"seed": "0"}, {"auc": 0.5})
        assert found.size == sum(p.stat().st_size for p in (tmp_path / "a").iterdir() if p.suffix != ".md")
        assert not registry.verify()

    def test_what_is_put_twice_is_one_version(self, registry: Registry, tmp_path: Path) -> None:
        first = registry.put(made(tmp_path / "a"), note="first")
        assert registry.put(tmp_path / "a", note="again") == first
        assert [one.digest for one in registry.versions(AGENT)] == [first.digest]

    def test_what_becomes_of_the_folder_is_of_no_matter(self, registry: Registry, tmp_path: Path) -> None:
        version = registry.put(made(tmp_path / "a"))
        (tmp_path / "a" / "core.onnx").write_bytes(b"else")
        path, _ = registry.get(AGENT, version.digest)
        assert path is not None and load(AGENT, path)

    def test_versions_are_listed_the_newest_first_and_the_shipped_last(
        self, registry: Registry, tmp_path: Path
    ) -> None:
        made_by = [self.put(registry, tmp_path, seed) for seed in range(3)]
        other = registry.put(made(tmp_path / "other", agent=CAME)).digest
        assert [one.digest for one in registry.versions(AGENT)] == made_by[::-1]
        of_other = registry.versions(CAME)
        assert of_other[0].digest == other and of_other[1].note == "shipped"
        every = [one.digest for one in registry.versions()]
        assert every[:4] == [other, *made_by[::-1]] and len(every) > 5

    def test_the_shipped_version_is_there_and_is_stable(self, registry: Registry) -> None:
        path, version = registry.get(CAME, SHIPPED)
        assert path is None and version.agent == CAME
        assert registry.aliases(CAME) == {STABLE: version.digest}
        assert registry.get(CAME, STABLE) == registry.get(CAME, version.digest[:8]) == (None, version)
        assert registry.aliases(AGENT) == {}

    def test_the_shipped_version_can_be_named_again(self, registry: Registry, tmp_path: Path) -> None:
        came = registry.get(CAME, SHIPPED)[1].digest
        new = registry.put(made(tmp_path / "a", agent=CAME)).digest
        registry.point(CAME, STABLE, new, actor="me")
        assert registry.aliases(CAME) == {STABLE: new, PREVIOUS: came}
        registry.point(CAME, STABLE, SHIPPED, actor="me")
        assert registry.aliases(CAME) == {STABLE: came, PREVIOUS: new}

    def test_stable_leaves_what_it_named_as_previous(self, registry: Registry, tmp_path: Path) -> None:
        one, two = (self.put(registry, tmp_path, seed) for seed in range(2))
        registry.point(AGENT, STABLE, one, actor="me")
        assert registry.aliases(AGENT) == {STABLE: one}
        registry.point(AGENT, CANDIDATE, two[:10], actor="me")
        registry.point(AGENT, STABLE, CANDIDATE, actor="me")
        expected = {STABLE: two, PREVIOUS: one, CANDIDATE: two}
        assert registry.aliases(AGENT) == expected
        registry.point(AGENT, STABLE, two, actor="me")  # what it names already
        assert registry.aliases(AGENT) == expected
        registry.point(AGENT, STABLE, PREVIOUS, actor="me")
        assert registry.aliases(AGENT) == expected | {STABLE: one, PREVIOUS: two}

    @pytest.mark.parametrize("reference", ["", "nothing", UNKNOWN, "0" * 7, "../a", "%", "x" * 10_000])
    def test_a_reference_to_nothing_is_refused(
        self, registry: Registry, tmp_path: Path, reference: str
    ) -> None:
        self.put(registry, tmp_path, 0)
        with pytest.raises(InputError):
            registry.get(AGENT, reference)
        with pytest.raises(InputError):
            registry.point(AGENT, STABLE, reference, actor="me")
        assert registry.aliases(AGENT) == {}

    def test_a_version_is_its_agents_alone(self, registry: Registry, tmp_path: Path) -> None:
        digest = self.put(registry, tmp_path, 0)
        with pytest.raises(InputError):
            registry.get("another", digest)
        with pytest.raises(InputError):
            registry.get(AGENT, SHIPPED)

    @pytest.mark.parametrize("alias", ["", SHIPPED, "abcdef0123", "A", "a b", "../a", "x" * 65, "é"])
    def test_an_alias_that_could_be_something_else_is_refused(
        self, registry: Registry, tmp_path: Path, alias: str
    ) -> None:
        digest = self.put(registry, tmp_path, 0)
        with pytest.raises(InputError):
            registry.point(AGENT, alias, digest, actor="me")

    def test_a_parent_is_recorded(self, registry: Registry, tmp_path: Path) -> None:
        one = self.put(registry, tmp_path, 0)
        assert registry.get(AGENT, self.put(registry, tmp_path, 1, parent=one[:8]))[1].parent == one
        assert registry.get(AGENT, self.put(registry, tmp_path, 2, parent=UNKNOWN))[1].parent == UNKNOWN
        trained = made(tmp_path / "t", seed=3, recipe={"parent": one})
        assert registry.put(trained).parent == one
        with pytest.raises(InputError):
            self.put(registry, tmp_path, 4, parent="nobody")

    def test_superfluous_versions_are_removed_and_no_other(self, registry: Registry, tmp_path: Path) -> None:
        digests = [self.put(registry, tmp_path, seed) for seed in range(4)]
        digests.append(self.put(registry, tmp_path, 4, parent=digests[2]))
        other = registry.put(made(tmp_path / "o", agent=CAME, seed=9)).digest
        registry.point(AGENT, BASELINE, digests[1], actor="me")
        assert sorted(registry.collect(keep=1)) == sorted([digests[0], digests[3]])
        kept = {one.digest for one in registry.versions(AGENT)}
        assert kept == {digests[1], digests[2], digests[4]}
        assert registry.versions(CAME)[0].digest == other
        assert not registry.verify() and not registry.collect(keep=1)
        with pytest.raises(InputError):
            registry.get(AGENT, digests[0])
        assert self.put(registry, tmp_path / "again", 0) == digests[0]

    def test_a_parent_goes_with_its_last_child(self, registry: Registry, tmp_path: Path) -> None:
        one = self.put(registry, tmp_path, 0)
        two = self.put(registry, tmp_path, 1, parent=one)
        three = self.put(registry, tmp_path, 2)
        assert sorted(registry.collect(keep=1)) == sorted([one, two])
        assert [version.digest for version in registry.versions(AGENT)] == [three]

    @pytest.mark.parametrize("name", ["pickle", "torch", "link", "extra", "digest", "cut", "header", "none"])
    def test_what_is_no_artefact_is_refused_and_leaves_nothing(
        self, registry: Registry, tmp_path: Path, name: str
    ) -> None:
        folder = made(tmp_path / "a")
        ATTACKS[name](folder)
        with pytest.raises(ArtefactError) as caught:
            registry.put(folder)
        assert "\n" not in str(caught.value)
        assert not registry.versions(AGENT) and not registry.verify()

    def test_shipped_weights_can_be_put(self, registry: Registry) -> None:
        version = registry.put(shipped(CAME))
        assert version.digest == registry.get(CAME, SHIPPED)[1].digest
        assert [one.digest for one in registry.versions(CAME)] == [version.digest]

    def test_every_error_is_one_of_ours(self, registry: Registry, tmp_path: Path) -> None:
        for action in (lambda: registry.put(tmp_path / "none"), lambda: registry.get("a" * 999, STABLE)):
            with pytest.raises(OctadError):
                action()


def _instead(name: str, data: bytes) -> Callable[[Path], object]:
    """A file of other contents, with a manifest that agrees."""

    def attack(folder: Path) -> None:
        import hashlib

        (folder / name).write_bytes(data)
        edit(folder, files=lambda held: held | {name: hashlib.sha256(data).hexdigest()})

    return attack


def _link(folder: Path) -> None:
    (folder / "core.onnx").rename(folder.parent / "core.onnx")
    (folder / "core.onnx").symlink_to(folder.parent / "core.onnx")


ATTACKS: dict[str, Callable[[Path], object]] = {
    "pickle": _instead("core.onnx", b"\x80\x04\x95" + bytes(100)),
    "torch": lambda folder: (folder / "model.pt").write_bytes(b"PK\x03\x04"),
    "link": _link,
    "extra": _instead("pytorch_model.bin", b"PK\x03\x04"),
    "digest": lambda folder: (folder / "core.onnx").write_bytes(b"\x08" + bytes(51)),
    "cut": lambda folder: os.truncate(folder / "weights.safetensors", 40),
    "header": _instead("weights.safetensors", (1 << 30).to_bytes(8, "little") + bytes(100)),
    "none": lambda folder: (folder / "manifest.json").unlink(),
}

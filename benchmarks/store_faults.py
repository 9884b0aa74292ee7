"""What becomes of a store when writers are killed, the power goes, the disk is full, a file is damaged.

`python benchmarks/store_faults.py` prints one table: per fault how often, how many operations had been
acknowledged, how many of these were lost, what was torn, and how long it took. `--times` sets the number of
kills; `--only` names one fault. The exit status is 1 where anything was lost or torn, or where a control,
which breaks the store on purpose, saw nothing wrong.

Writers put, promote, and audit until they are killed; what a writer was told is done it reports through a
pipe first. Loss of power needs Linux and root: the store lies on ext4 in a loop device, and what is looked at
is a copy of the disk itself, without what the kernel had not written yet. A full disk is a tmpfs, which needs
root too. Needs fork.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from octad.audit import AuditLog
from octad.errors import OctadError, StoreError
from octad.host import database, kept_folder, lines, private
from octad.registry.index import MIGRATIONS
from octad.registry.local import LocalRegistry
from tests.unit.registry.artefacts import AGENT, made

MADE = 12
"""Artefacts that are put, over and over."""
LATEST = 0.1
"""Seconds after a word of a writer within which it is killed: an operation or two."""
SLOW = 0.02
"""Seconds that a store which is broken on purpose takes between two steps that should be one."""
ROOM = 3 << 20
"""Bytes of a disk that is then full."""
DISK = 24 << 20
Break = Callable[[], object]


class Row(NamedTuple):
    """What was seen of one fault; `wrong` names the first thing that was."""

    fault: str
    times: int
    acknowledged: int
    lost: int
    torn: int
    seconds: float
    wrong: str = ""


class Told:
    """What writers said is done: digests by what they put, the last of each alias, entries of the log."""

    def __init__(self) -> None:
        self.put: set[str] = set()
        self.named: str = ""
        self.audited: list[str] = []
        self.count = 0

    def take(self, said: str) -> None:
        """Read what one writer reported; a word without an end was not said."""
        for line in said.splitlines(keepends=True):
            word, _, digest = line.strip().partition(" ")
            if not line.endswith("\n"):
                return
            self.count += 1
            if word == "put":
                self.put.add(digest)
            elif word == "named":
                self.named = digest
            else:
                self.audited.append(digest)


def write_for_ever(folder: Path, artefacts: Sequence[Path], seed: int, report: int) -> None:
    """Put, promote and audit, and say so when it is done, until somebody stops it."""
    rng = random.Random(seed)
    registry = LocalRegistry(folder, actor=f"writer {seed}")
    while True:
        digest = registry.put(rng.choice(artefacts)).digest
        os.write(report, f"put {digest}\n".encode())
        entry = registry.audit.record("writer", "say", digest)
        os.write(report, f"audited {entry.digest}\n".encode())
        registry.point(AGENT, "stable", digest, actor="writer")
        os.write(report, f"named {digest}\n".encode())
        if rng.random() < 0.1:
            registry.collect(keep=MADE)


def killed(folder: Path, artefacts: Sequence[Path], seed: int, latest: float) -> str:
    """Start a writer, kill it some moments after one of its first words, and give what it had reported."""
    rng = random.Random(seed)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            write_for_ever(folder, artefacts, seed, writing)
        finally:
            os._exit(3)
    os.close(writing)
    wanted, said = rng.randrange(4), b""
    with open(reading, "rb", buffering=0) as pipe:
        while said.count(b"\n") < wanted and (piece := pipe.read(4096)):
            said += piece
        time.sleep(rng.uniform(0, latest))
        os.kill(child, signal.SIGKILL)
        while piece := pipe.read(4096):
            said += piece
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise RuntimeError(f"the writer {seed} ended by itself")
    return said.decode()


def missing(folder: Path, told: Told) -> tuple[int, int, str]:
    """How much of what was acknowledged is not there, how much is torn, and what first."""
    registry = LocalRegistry(folder)
    held = {one.digest for one in registry.versions(AGENT)}
    log = AuditLog(folder / "audit.jsonl")
    entries = {one.digest for one in log.entries(10**7)}
    lost = [f"version {one[:8]}" for one in told.put - held]
    lost += [f"entry {one[:8]}" for one in told.audited if one not in entries]
    aliases = registry.aliases(AGENT)
    # One more may have been written than was said: the last word was cut off.
    if told.named and aliases.get("stable") not in held:
        lost.append("the alias")
    torn = [f"{one.subject}: {one.what}" for one in registry.verify(AGENT)]
    for digest in told.put & held:
        with suppress(OctadError):
            registry.get(AGENT, digest)
            continue
        torn.append(digest)
    return len(lost), len(torn), next(iter([*lost, *torn]), "")


def kills(times: int, root: Path, *, seed: int = 0, choice: int = MADE) -> Row:
    """Kill writers, again and again, on one store, of some of the artefacts."""
    begun, told = time.monotonic(), Told()
    artefacts, folder = _artefacts(root)[:choice], root / "store"
    lost = torn = 0
    wrong = ""
    for number in range(times):
        told.take(killed(folder, artefacts, seed + number, LATEST))
        if times <= 100 or number % 20 == 19 or number == times - 1:
            found = missing(folder, told)
            lost, torn, wrong = lost + found[0], torn + found[1], wrong or found[2]
    return Row("kill -9 while it writes", times, told.count, lost, torn, time.monotonic() - begun, wrong)


def two_writers(times: int, root: Path) -> Row:
    """Two at once, one of which is killed; the other ends by itself with everything done."""
    begun, told = time.monotonic(), Told()
    artefacts, folder = _artefacts(root), root / "store"
    lost = torn = 0
    wrong = ""
    for number in range(times):
        with _beside(folder, artefacts, number) as others:
            told.take(killed(folder, artefacts, 10_000 + number, LATEST))
        told.take(others())
        found = missing(folder, told)
        lost, torn, wrong = lost + found[0], torn + found[1], wrong or found[2]
    return Row("two writers, both killed", 2 * times, told.count, lost, torn, time.monotonic() - begun, wrong)


@contextmanager
def _beside(folder: Path, artefacts: Sequence[Path], seed: int) -> Iterator[Callable[[], str]]:
    """A second writer, killed at the end; what it said."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_for_ever(folder, artefacts, seed, writing)
        finally:
            os._exit(3)
    os.close(writing)

    def said() -> str:
        with open(reading, "rb") as pipe:
            return pipe.read().decode()

    yield said
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def power(times: int, root: Path, *, broken: Break | None = None) -> Row:
    """Take the power away: look at a copy of the disk, without what was not written to it yet."""
    begun, told = time.monotonic(), Told()
    artefacts = _artefacts(root)
    lost = torn = 0
    wrong = ""
    for number in range(times):
        told_now = Told()
        with _disk(root / "disk", root / "mounted") as mounted:
            child_told = _written(mounted / "store", artefacts, number, broken)
            told_now.take(child_told)
            shutil.copyfile(root / "disk", root / "copy")
        with _mounted(root / "copy", root / "mounted") as mounted:
            found = _missing_or_all(mounted / "store", told_now)
        told.count += told_now.count
        lost, torn, wrong = lost + found[0], torn + found[1], wrong or found[2]
    return Row(
        "loss of power (ext4 on a loop device)",
        times,
        told.count,
        lost,
        torn,
        time.monotonic() - begun,
        wrong,
    )


def _missing_or_all(folder: Path, told: Told) -> tuple[int, int, str]:
    """The same of a disk on which there may be nothing that can be opened."""
    try:
        return missing(folder, told)
    except OctadError as error:
        return told.count, 1, error.message


def _written(folder: Path, artefacts: Sequence[Path], seed: int, broken: Break | None) -> str:
    """What a writer says until it has said some; it is killed at once then."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if broken is not None:
                broken()
            write_for_ever(folder, artefacts, seed, writing)
        finally:
            os._exit(3)
    os.close(writing)
    wanted, said = random.Random(seed).randrange(1, 10), b""
    while said.count(b"\n") < wanted and (piece := os.read(reading, 4096)):
        said += piece
    os.kill(child, signal.SIGSTOP)
    # What it did after the last word that was read is of no matter; what was read is acknowledged.
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    return said.decode()


@contextmanager
def _disk(image: Path, place: Path) -> Iterator[Path]:
    """A new file system, mounted."""
    with open(image, "wb") as file:
        file.truncate(DISK)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    with _mounted(image, place) as mounted:
        (mounted / "store").mkdir(0o700)
        subprocess.run(["sync", "-f", str(mounted)], check=True)
        yield mounted


@contextmanager
def _mounted(image: Path, place: Path) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop,commit=300", str(image), str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def full_disk(times: int, root: Path) -> Row:
    """Fill a disk, write to the store on it, read, promote and clear up, make room, write again."""
    begun, told = time.monotonic(), Told()
    lost = torn = 0
    wrong = ""
    artefacts = _artefacts(root)
    for number in range(times):
        with _small(root / "small") as small:
            registry = LocalRegistry(small / "store")
            for path in artefacts[:4]:
                told.take(f"put {registry.put(path).digest}\n")
            filler = small / "filler"
            _fill(filler, number)
            reason = _refused(registry, artefacts[4])
            digests = [one.digest for one in registry.versions(AGENT)]
            registry.point(AGENT, "stable", digests[1], actor="me")  # the way back, by the reserve
            told.take(f"named {digests[1]}\n")
            if LocalRegistry(small / "store").aliases(AGENT)["stable"] != digests[1]:
                lost += 1
            removed = registry.collect(keep=1)
            told.put -= set(removed)
            filler.unlink()
            told.take(f"put {registry.put(artefacts[4]).digest}\n")
            found = missing(small / "store", told)
            told.put.clear()
        lost, torn, wrong = lost + found[0], torn + found[1], wrong or found[2] or reason
    return Row("disk full (tmpfs)", times, told.count, lost, torn, time.monotonic() - begun, wrong)


def _refused(registry: LocalRegistry, path: Path) -> str:
    """What is wrong with how a put ends without room; "" where it says that there is none."""
    try:
        registry.put(path)
    except StoreError as error:
        return "" if error.kind == "full" else f"said {error.kind}"
    return "wrote where there is no room"


@contextmanager
def _small(place: Path) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=700", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _fill(path: Path, seed: int) -> None:
    """Take all the room that is left, but for less than a page on every other run."""
    with suppress(OSError), open(path, "wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
    with suppress(OSError), open(path, "ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def damage(times: int, root: Path) -> Row:
    """Write noise into the index at random places: it is never believed, read from its copy, and repaired."""
    begun, told = time.monotonic(), Told()
    artefacts, rng = _artefacts(root), random.Random(0)
    folder = root / "store"
    registry = LocalRegistry(folder)
    for path in artefacts[:6]:
        told.take(f"put {registry.put(path).digest}\n")
    registry.point(AGENT, "stable", registry.versions(AGENT)[0].digest, actor="me")
    whole = registry.database.path.read_bytes()
    lost = torn = unseen = 0
    wrong = ""
    for _ in range(times):
        _noise(registry.database.path, whole, rng)
        again = LocalRegistry(folder)
        try:
            held = {one.digest for one in again.versions(AGENT)}
        except StoreError:  # while it was open: the next who asks reads the copy
            held = {one.digest for one in again.versions(AGENT)}
        lost += len(told.put - held)
        if not again.database.damaged:
            unseen += 1
        elif again.repair() is None:
            torn += 1
        if reason := next((one.what for one in LocalRegistry(folder).verify(AGENT)), ""):
            torn, wrong = torn + 1, wrong or reason
        registry.database.path.write_bytes(whole)
        for old in folder.glob("registry.damaged-*"):
            old.unlink()
    name = f"damaged index ({unseen} of no effect)"
    return Row(name, times, told.count, lost, torn, time.monotonic() - begun, wrong)


def _noise(path: Path, whole: bytes, rng: random.Random) -> None:
    """Cut, overwrite or flip, anywhere; only what is not free room is of interest."""
    data = bytearray(whole)
    kind = rng.randrange(3)
    at = rng.randrange(len(data))
    if kind == 0:
        data = data[:at]
    elif kind == 1:
        size = rng.randrange(100, 5000)
        data[at : at + size] = rng.randbytes(len(data[at : at + size]))
    else:
        for _ in range(200):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def newer(times: int, root: Path) -> Row:
    """An index of a later program: refused, and not a byte of it is changed."""
    begun = time.monotonic()
    folder = root / "store"
    registry = LocalRegistry(folder)
    registry.put(_artefacts(root)[0])
    database.Database(registry.database.path, [*MIGRATIONS, "CREATE TABLE later (x TEXT) STRICT;"])
    before = registry.database.path.read_bytes()
    believed = 0
    for _ in range(times):
        with suppress(StoreError):
            LocalRegistry(folder)
            believed += 1
        with suppress(StoreError):
            registry.versions(AGENT)
            believed += 1
    changed = int(registry.database.path.read_bytes() != before)
    return Row("index of a later program", 2 * times, 1, believed, changed, time.monotonic() - begun)


def no_sync() -> None:
    """Break the store: nothing is ever made sure of."""
    nothing: Any = lambda *_: None  # noqa: E731
    os.fsync = nothing
    for module in (private, kept_folder, lines, database):
        if hasattr(module, "sync_folder"):
            module.sync_folder = nothing
    database._ORDERS = tuple(order.replace("FULL", "OFF") for order in database._ORDERS)  # type: ignore[assignment]


def no_sync_of_tables() -> None:
    """Break the store: transactions alone are not made sure of."""
    database._ORDERS = tuple(order.replace("FULL", "OFF") for order in database._ORDERS)  # type: ignore[assignment]


def not_at_once() -> None:
    """Break the store: an artefact is copied to its place, and what is there is taken for whole."""
    from octad.registry import blobs

    def place(self: blobs.Blobs, part: Path, digest: str) -> bool:
        target = self.path(digest)
        if target.exists():
            return False
        target.mkdir(0o700)
        for path in part.iterdir():
            time.sleep(2 * SLOW)
            shutil.copy(path, target / path.name)
        return True

    blobs.Blobs.place = place  # type: ignore[method-assign]


def index_first() -> None:
    """Break the store: an artefact is named by the index before it is there."""
    before = LocalRegistry._entered
    from octad.registry import blobs

    whole = blobs.Blobs.place
    blobs.Blobs.place = lambda self, part, digest: True  # type: ignore[method-assign]

    def entered(self: LocalRegistry, version: Any) -> Any:
        found = before(self, version)
        time.sleep(6 * SLOW)
        part = next(path for path in self._blobs.folder.iterdir() if path.name.startswith(kept_folder.PART))
        whole(self._blobs, part, version.digest)
        return found

    LocalRegistry._entered = entered  # type: ignore[method-assign]


def controls(root: Path) -> Iterator[tuple[str, Row]]:
    """The store, broken on purpose: each must be seen."""
    if may_mount():
        yield "nothing is synced", power(6, _new(root), broken=no_sync)
        yield "transactions are not synced", power(10, _new(root), broken=no_sync_of_tables)
    for name, broken in (("copied to its place", not_at_once), ("named before it is there", index_first)):
        yield name, in_a_child(lambda: kills(40, _new(root), choice=2), broken)


def in_a_child(action: Callable[[], Row], broken: Break) -> Row:
    """What an action gives in a process in which the store is broken."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        broken()
        try:
            row = action()
        except BaseException as error:
            row = Row("", 0, 0, 0, 1, 0.0, f"{type(error).__name__}")
        os.write(writing, repr(tuple(row)).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    from ast import literal_eval

    return Row(*literal_eval(said))


def _artefacts(root: Path) -> list[Path]:
    return [
        root / f"made-{seed}" if (root / f"made-{seed}").is_dir() else made(root / f"made-{seed}", seed=seed)
        for seed in range(MADE)
    ]


def _new(root: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=root))


def may_mount() -> bool:
    """Whether a disk of its own can be mounted."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        return False
    with tempfile.TemporaryDirectory() as name:
        tried = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", name], check=False, capture_output=True)
        if tried.returncode == 0:
            subprocess.run(["umount", name], check=True)
        return tried.returncode == 0 and Path("/dev/loop-control").exists()


def rows(times: int, root: Path, only: str) -> Iterator[Row]:
    """One row for each fault."""
    faults: dict[str, Callable[[], Row]] = {
        "kills": lambda: kills(times, _new(root)),
        "writers": lambda: two_writers(max(1, times // 20), _new(root)),
        "damage": lambda: damage(max(1, times // 10), _new(root)),
        "newer": lambda: newer(10, _new(root)),
    }
    if may_mount():
        faults["power"] = lambda: power(max(1, times // 50), _new(root))
        faults["full"] = lambda: full_disk(max(1, times // 50), _new(root))
    for name, fault in faults.items():
        if only in ("", name):
            yield fault()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where something was lost or torn, or a control saw nothing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=2_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--no-controls", action="store_true")
    chosen = parser.parse_args(arguments)
    bad = 0
    print(f"{'fault':44} {'times':>6} {'acknowledged':>12} {'lost':>6} {'torn':>6} {'seconds':>8}")
    with tempfile.TemporaryDirectory(prefix="octad-store-") as name:
        for row in rows(chosen.times, Path(name), chosen.only):
            bad += row.lost + row.torn + bool(row.wrong)
            _print(row)
        for control, row in () if chosen.no_controls else controls(Path(name)):
            seen = bool(row.lost or row.torn)
            bad += not seen
            _print(row._replace(fault=f"control, {control}: {'seen' if seen else 'NOT SEEN'}"))
    return int(bool(bad))


def _print(row: Row) -> None:
    said = f" {row.wrong[:70]}" if row.wrong else ""
    print(
        f"{row.fault:44} {row.times:6,} {row.acknowledged:12,} {row.lost:6,} {row.torn:6,}"
        f" {row.seconds:8.1f}{said}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())

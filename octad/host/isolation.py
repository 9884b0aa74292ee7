"""The commands that isolate a program: what it sees, what it may take, and by which program of the system.

Each gives the same: a root in memory, in it the system's programs and libraries to read, the caller's folders
to read, its own processes and devices, a temporary folder, and no privileges.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

TEMPORARY = "/tmp"
NOBODY = "65534"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
"""Where programs and libraries of the system lie."""
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives")
"""What of `/etc` programs need to find libraries; none of it is secret."""
HIDDEN = ("/usr/local/etc",)
"""Settings among the programs of the system."""
DEVICES = ("null", "zero", "full", "random", "urandom")


class Limits(NamedTuple):
    """What a program may take: seconds, counts, and bytes.

    `space` is the address space of one process, `memory` what all of them hold, `file_bytes` the largest
    file, `temporary` all files together, `output` each of the two outputs.
    """

    seconds: float = 30.0
    space: int = 2 << 30
    memory: int = 2 << 30
    processes: int = 32
    files: int = 128
    file_bytes: int = 16 << 20
    temporary: int = 64 << 20
    output: int = 1_000_000


class View(NamedTuple):
    """What a program sees beside the system: folders to read, by their paths inside.

    `environment` is all that it gets beside PATH, HOME, LANG, TZ and TMPDIR; it starts in `folder`.
    """

    readable: Mapping[str, str]
    environment: Mapping[str, str] = {}
    folder: str = TEMPORARY


def environment(view: View) -> list[str]:
    """The whole environment of a program, as arguments of `env`."""
    own = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": TEMPORARY, "TMPDIR": TEMPORARY, "LANG": "C.UTF-8"}
    return [f"{name}={value}" for name, value in {**own, "TZ": "UTC", **view.environment}.items()]


def by_bubblewrap(command: Sequence[str], view: View, limits: Limits, stage: str) -> list[str]:
    """The command that runs another in bubblewrap; `stage` is an empty folder."""
    built = ["setpriv", "--pdeathsig", "KILL", "bwrap", "--unshare-user", "--unshare-ipc", "--unshare-pid"]
    built += [
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--disable-userns",
        "--die-with-parent",
        "--new-session",
    ]
    built += ["--cap-drop", "ALL", "--hostname", "sandbox"]
    links, folders = _system()
    for path, target in links.items():
        built += ["--symlink", target, path]
    for path in folders:
        built += ["--ro-bind", path, path]
    built += ["--proc", "/proc", "--dev", "/dev", "--size", "65536", "--tmpfs", "/dev/shm"]
    for path in filter(os.path.isdir, HIDDEN):
        built += ["--size", "4096", "--tmpfs", path]
    built += ["--remount-ro", "/dev", "--size", str(limits.temporary), "--tmpfs", TEMPORARY]
    for place, source in view.readable.items():
        built += ["--ro-bind", source, place]
    return [*built, "--remount-ro", "/", "--chdir", view.folder, "--", *_limited(limits), *command]


def by_namespaces(command: Sequence[str], view: View, limits: Limits, stage: str) -> list[str]:
    """The command that runs another in namespaces made by util-linux; `stage` is an empty folder."""
    built = ["setpriv", "--pdeathsig", "KILL", "unshare", "--user", "--map-root-user", "--mount", "--pid"]
    built += ["--net", "--ipc", "--uts", "--fork", "--kill-child", "sh", "-c"]
    script = "\n".join(["set -e", *_root(view, limits, stage), _PRIVILEGES_DROPPED])
    return [*built, script, "sh", *_limited(limits), *command]


_PRIVILEGES_DROPPED = """\
exec setpriv --no-new-privs --bounding-set -all --inh-caps -all --ambient-caps -all \\
    sh -c '"$@"; exit $?' sh "$@"
"""
"""The shell is the first process inside: it waits for what others left, and with it all of them end."""


def staged(view: View, stage: str) -> tuple[list[str], View]:
    """Of root: the beginning of a command that shows the folders to nobody, and is nobody then."""
    lines, readable = ["set -e"], {}
    for number, (place, source) in enumerate(view.readable.items()):
        readable[place] = f"{stage}/{number}"
        lines += [f"mkdir {stage}/{number}", f"mount --rbind {shlex.quote(source)} {stage}/{number}"]
    lines.append(f'exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups "$@"')
    begun = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "sh", "-c", "\n".join(lines), "sh"]
    return begun, view._replace(readable=readable)


def _system() -> tuple[dict[str, str], list[str]]:
    """Of the system: links and where they lead, then folders and files."""
    links = {path: os.readlink(path) for path in SYSTEM if os.path.islink(path)}
    return links, [path for path in (*SYSTEM, *SETTINGS) if path not in links and os.path.exists(path)]


def _limited(limits: Limits) -> list[str]:
    """The beginning of a command that bounds the rest of it."""
    bounds = {
        "as": limits.space, "cpu": max(1, round(limits.seconds)), "fsize": limits.file_bytes,
        "nofile": limits.files, "nproc": limits.processes, "core": 0,
    }  # fmt: skip
    return ["prlimit", *(f"--{name}={value}" for name, value in bounds.items()), "--"]


def _root(view: View, limits: Limits, stage: str) -> Iterator[str]:
    """The lines of a script that builds the root and goes into it."""
    root = f"{stage}/root"
    links, folders = _system()
    yield f"root={root}"
    yield "mount -t tmpfs -o mode=755,size=1m none $root; mkdir $root/proc $root/dev $root/tmp"
    yield f"mount -t tmpfs -o nosuid,nodev,size={limits.temporary} none $root{TEMPORARY}"
    yield from (f"ln -s {shlex.quote(target)} $root{path}" for path, target in links.items())
    for place, source in {**{path: path for path in folders}, **view.readable}.items():
        made = 'mkdir -p "${new%/*}"; touch "$new"' if os.path.isfile(source) else 'mkdir -p "$new"'
        yield f'new=$root{shlex.quote(place)}; {made}; mount --rbind {shlex.quote(source)} "$new"'
    yield _READ_ONLY
    yield from (f"mount -t tmpfs -o size=4k none $root{path}" for path in HIDDEN if os.path.isdir(path))
    yield "mount -t proc -o nosuid,nodev,noexec none $root/proc || :"
    yield "mount -t tmpfs -o mode=755,size=64k none $root/dev; mkdir $root/dev/shm"
    yield "ln -s /proc/self/fd $root/dev/fd"
    yield from (f"touch $root/dev/{name}; mount --bind /dev/{name} $root/dev/{name}" for name in DEVICES)
    yield "mount -o remount,bind,ro $root/dev; mount -t tmpfs -o size=64k none $root/dev/shm"
    yield "echo 0 2>/dev/null >/proc/sys/user/max_user_namespaces || :"
    yield "cd $root; mkdir .before; pivot_root . .before; umount -l /.before; rmdir /.before"
    yield f"mount -o remount,bind,ro /; cd {shlex.quote(view.folder)}"


_READ_ONLY = """\
mounts=$(cat /proc/self/mountinfo)
printf '%s\\n' "$mounts" | while read -r _ _ _ _ point options _; do case $point in
    $root|$root/tmp) ;;
    $root/*) mount -o "remount,bind,ro,nosuid,nodev,${options#r?,}" "$(printf %b "$point")" ;;
esac; done"""
"""Without privileges a mount keeps its other options, and everything mounted below it is another one."""

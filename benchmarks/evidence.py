"""What the repository says of each line of functions before their repair, and of others: collected.

    OCTAD_DATA=… python benchmarks/evidence.py owner/name=FOLDER … --out runs/evidence.jsonl
    python benchmarks/evidence_judged.py runs/evidence.jsonl

FOLDER is a git directory; nothing in it is checked out or run. Of each repository the newest `--fixes` rows
of `real_fixes` are taken whose function stands in the commit before as the row has it, and as many functions
of that revision that no row names, of half to twice the length. Of every line: what `place` says, how many
calls have three other callers or more, which of their practices at least three quarters of these follow and
the line does not, and when it was last changed and whether a repair did it.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from usage import History, changed_lines, functions_of, rows_of

from octad.catalog import load
from octad.errors import RepositoryError
from octad.read.git.sealed import sealed
from octad.read.history.fix_messages import is_fix
from octad.records.code import Code
from octad.repository import practices
from octad.repository.usage import Usage, is_test
from octad.runtime import Runner
from octad.syntax.units import units

LEAST, SHARE = 3, 0.75
BLAME = re.compile(r"^([0-9a-f]{40}) \d+ (\d+)", re.M)
PLAIN = ("none", "close", "caught", "lock", "awaited", "used")
KINDS = (*PLAIN, "arguments", "keyword", "order", "name", "sibling")
_of_call = practices.Body.of_call


def of_call(body: practices.Body, node: ast.Call) -> Mapping[Any, Any]:
    """What is known of a call: the care that is taken of it, and how it is written."""
    around = body._above.get(node)
    awaited = isinstance(around, ast.Await)
    outer = body._above.get(around) if awaited and around is not None else around
    starred = any(isinstance(one, ast.Starred) for one in node.args)
    starred |= any(one.arg is None for one in node.keywords)
    found: dict[Any, Any] = {
        **_of_call(body, node),
        "awaited": awaited,
        "used": not isinstance(outer, ast.Expr),
    }
    if not starred:
        found["arguments"] = len(node.args)
        found["keywords"] = frozenset(one.arg for one in node.keywords)
        found["names"] = tuple((practices.chain_of(one) or ("",))[-1] for one in node.args)
    return found


def deviations(usage: Usage, path: str, lines: range) -> Iterator[tuple[int, int, set[str]]]:
    """First and last line of each call that enough others make, and in what it deviates from them."""
    for known in usage._in_file.get(path, ()):
        use = known.use
        if use.line not in lines:
            continue
        voices: dict[tuple[str, str], Mapping[Any, Any]] = {}
        for one in usage._named[known.key]:
            caller = (one.path, one.use.caller)
            if caller != (path, use.caller) and not is_test(one.path):
                voices.setdefault(caller, one.use.practices)
        if len(voices) >= LEAST:
            yield use.line, use.last, deviates(use.practices, [*voices.values()])


def deviates(own: Mapping[Any, Any], voices: Sequence[Mapping[Any, Any]]) -> set[str]:
    """In what a call is unlike at least three quarters of the others."""
    found = set()
    for kind in (*PLAIN, "arguments"):
        others = Counter(one[kind] for one in voices if kind in one)
        total = sum(others.values())
        if total >= LEAST and kind in own:
            value, count = others.most_common(1)[0]
            if count >= SHARE * total and own[kind] != value:
                found.add(kind)
    keywords = [one["keywords"] for one in voices if "keywords" in one]
    if len(keywords) >= LEAST and "keywords" in own:
        counts = Counter(name for one in keywords for name in one)
        usual = {name for name, count in counts.items() if count >= SHARE * len(keywords)}
        if usual - own["keywords"] or any(not counts[name] for name in own["keywords"]):
            found.add("keyword")
    return found | of_names(own.get("names", ()), [one["names"] for one in voices if "names" in one])


def of_names(own: Sequence[str], voices: Sequence[Sequence[str]]) -> set[str]:
    """Whether arguments have other names than usual, or usual ones in another order."""
    usual = []
    for place in range(len(own)):
        names = Counter(one[place] for one in voices if len(one) > place)
        name, count = names.most_common(1)[0] if names else ("", 0)
        usual.append(name if count >= max(LEAST, SHARE * sum(names.values())) else "")
    odd = {i for i, name in enumerate(usual) if name and own[i] and name != own[i]}
    swapped = any(own[i] in usual[:i] + usual[i + 1 :] for i in odd)
    return {"order"} if swapped else {"name"} if odd else set()


def siblings(usage: Usage, path: str, name: str) -> int:
    """How many calls most functions of the same name make that this one does not."""
    calls: dict[tuple[str, str], set[str]] = defaultdict(set)
    for other in usage.files:
        for known in usage._in_file.get(other, ()):
            if known.use.caller.rpartition(".")[2] == name and not is_test(other):
                calls[other, known.use.caller].add(known.key.rpartition(".")[2])
    own = [made for (file, _), made in calls.items() if file == path]
    others = [made for (file, _), made in calls.items() if file != path]
    if len(others) < LEAST or not own:
        return 0
    counts = Counter(one for made in others for one in made)
    return sum(count >= SHARE * len(others) and one not in own[0] for one, count in counts.items())


def ages(folder: Path, revision: str, path: str, lines: range, told: dict[str, tuple[int, bool]]) -> Any:
    """Of every line the time of its last change, and whether the message speaks of a repair."""
    asked = f"{lines.start},{lines.stop - 1}"
    try:
        said = sealed(folder).run("blame", "-L", asked, "--porcelain", revision, "--", path)
    except RepositoryError:
        return {}
    at = {int(line): sha for sha, line in BLAME.findall(said.decode("utf-8", "replace"))}
    return {line: told.get(sha, (0, False)) for line, sha in at.items()}


def collect(runner: Runner[Any, Any], repo: str, folder: Path, most: int) -> Iterator[dict[str, Any]]:
    """Functions before their repair, and others of the same revisions."""
    rows = rows_of((repo,), 10**9).get(repo, [])
    named = {(row["path"], row["name"].rpartition(".")[2]) for row in rows}
    said = sealed(folder).run("log", "--format=%H%x00%ct%x00%B%x01").decode("utf-8", "replace")
    told = {
        sha: (int(time), is_fix(message))
        for sha, time, message in (one.strip("\n").split("\0") for one in said.split("\1") if "\0" in one)
    }
    history, draw, taken = History(folder), random.Random(0), 0
    for row in rows:
        if taken == most:
            break
        revision = f"{row['sha']}^"
        try:
            codes = {one.path: one for one in history.codes(revision)}
        except Exception:  # the parent of the first commit
            continue
        code = codes.get(row["path"])
        before = row["before"].rstrip("\n").split("\n")
        at = row["line"] - 1
        if code is None or code.text.split("\n")[at : at + len(before)] != before:
            continue
        usage = history.usage([*codes.values()])
        if row["path"] not in usage.files:
            continue
        taken += 1
        now = told.get(row["sha"], (0, False))[0]
        free = [
            (file, name, range(first, last + 1))
            for file in draw.sample([*usage.files], min(12, len(usage.files)))
            for name, first, last in functions_of(codes[file])
            if len(before) / 2 <= last - first + 1 <= len(before) * 2 and (file, name) not in named
        ]
        chosen = [(row["path"], row["name"].rpartition(".")[2], range(at + 1, at + 1 + len(before)))]
        for number, (path, name, lines) in enumerate(chosen + draw.sample(free, min(1, len(free)))):
            one = described(runner, usage, codes[path], lines)
            age = ages(folder, revision, path, lines, told)
            one |= {
                "repo": repo, "path": path, "name": name, "fixed": number == 0,
                "right": sorted(changed_lines(row)) if number == 0 else [],
                "age": {n: (max(now - time, 0) / 86_400, fix) for n, (time, fix) in age.items()},
                "siblings": siblings(usage, path, name),
                **churn(folder, revision, path, told, now),
            }  # fmt: skip
            yield one
    history.close()


def churn(
    folder: Path, revision: str, path: str, told: Mapping[str, tuple[int, bool]], now: int
) -> dict[str, int]:
    """Commits and repairs of a path in the year before."""
    shas = sealed(folder).run("log", "--format=%H", "-n", "400", revision, "--", path).decode().split()
    recent = [told[sha] for sha in shas if sha in told and now - told[sha][0] <= 365 * 86_400]
    return {"commits": len(recent), "repairs": sum(fix for _, fix in recent)}


def described(runner: Runner[Any, Any], usage: Usage, code: Code, lines: range) -> dict[str, Any]:
    """What the agent says of a function, and what others do otherwise, by line."""
    text = "\n".join(code.text.split("\n")[lines.start - 1 : lines.stop - 1])
    part = Code(path=code.path, text=text, language="python", first_line=lines.start)
    asked = runner.ask([runner.agent.case(code=unit) for unit in units(part)])
    total = sum(len(one.answer.place or ()) for one in asked) or 1
    place = {
        one.line: one.probability * len(each.answer.place) / total
        for each in asked
        for one in each.answer.place
    }
    known: Counter[int] = Counter()
    odd: dict[int, set[str]] = defaultdict(set)
    for first, last, kinds in deviations(usage, code.path, lines):
        for line in range(first, last + 1):
            known[line] += 1
            odd[line] |= kinds
    suspects = [one.probability for each in asked for one in each.answer.bug.suspects]
    return {
        "length": len(lines),
        "place": place,
        "calls": known,
        "odd": {line: sorted(kinds) for line, kinds in odd.items() if kinds},
        "later_fix": max((each.answer.later_fix for each in asked), default=0.5),
        "bug": max(suspects, default=0.0),
    }


def main() -> None:
    """Collect, project by project."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repos", nargs="+", metavar="owner/name=FOLDER")
    parser.add_argument("--fixes", type=int, default=40)
    parser.add_argument("--out", type=Path, default=Path("runs/evidence.jsonl"))
    parser.add_argument("--weights", type=Path)
    options = parser.parse_args()
    practices.Body.of_call = of_call  # type: ignore[method-assign, assignment]
    runner: Runner[Any, Any] = Runner.load(load("code-reviewer"), options.weights)
    for name in options.repos:
        repo, _, folder = name.partition("=")
        with options.out.open("a") as file:
            for one in collect(runner, repo, Path(folder), options.fixes):
                file.write(json.dumps(one) + "\n")
        sys.stderr.write(f"{repo}\n")


if __name__ == "__main__":
    main()

"""Count the work of one function on growing inputs, in a process that can do nothing else.

Run by `octad.data.complexity` as a child: JSON on standard input, a line of JSON for each variant
on standard output. Before the code runs, the process gives up files, network, children and more
memory; where that is not possible it refuses (exit status 3).
"""

from __future__ import annotations

import ast
import builtins
import ctypes
import importlib
import json
import sys
from types import CodeType
from typing import Any

from octad.data.counting import MEASURED, Counter, Exhausted
from octad.data.instrument import MODULES, Refused, instrumented
from octad.data.scaled_inputs import Variant, variants

REFUSED = 3
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
BUDGET = 100_000
MEMORY = 1 << 30
SECONDS = 30
# The only events of the interpreter that computing needs.
HARMLESS = frozenset(("compile", "exec", "array.__new__", "builtins.id", "sys._getframe", "code.__new__"))

Curve = list[tuple[int, list[int]]]


def curve(program: CodeType, sites: int, entry: str, variant: Variant) -> Curve:
    """Counters of all sites for each size that the function finishes within the budget.

    Sizes at which it raises are left out until one works; the size of the first failure after that
    ends the curve, with no counters.
    """
    found: Curve = []
    for size in variant.sizes:
        counter = Counter(sites, BUDGET)
        space: dict[str, Any] = {"__name__": MEASURED, "__builtins__": builtins, **counter.helpers()}
        try:
            exec(program, space)
            arguments = variant.make(size)
            counter.counts = [0] * sites
            _drain(space[entry](*arguments), counter)
        except Exhausted:
            return [*found, (size, [])]
        except Exception:
            if found:
                return [*found, (size, [])]
        else:
            found.append((size, counter.counts))
    return found


def _drain(result: Any, counter: Counter) -> None:
    """Take what a generator yields: until then it has done nothing."""
    if hasattr(result, "__next__"):
        for _ in result:
            counter.tick(0)


def measure(code: str, entry: str, tests: list[str]) -> list[tuple[str, Curve]]:
    """Measure every variant; raises Refused or SyntaxError for code that is not run at all."""
    tree, sites = instrumented(code)
    program = compile(tree, "<measured>", "exec")
    arguments = [ast.literal_eval(test) for test in tests]
    return [(variant.name, curve(program, sites, entry, variant)) for variant in variants(arguments)]


def isolate() -> bool:
    """Give up everything but computing; False when the system offers no way to."""
    try:
        import resource
    except ImportError:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "unshare") or libc.unshare(NEW_USER | NEW_NETWORK) != 0:
        return False
    for module in MODULES:
        importlib.import_module(module)
    limits = {
        resource.RLIMIT_CPU: SECONDS, resource.RLIMIT_AS: MEMORY, resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 3, resource.RLIMIT_NPROC: 0, resource.RLIMIT_CORE: 0,
    }  # fmt: skip
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))
    sys.setrecursionlimit(5000)
    sys.addaudithook(_deny)
    return True


def _deny(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in HARMLESS:
        raise PermissionError(event)


def main() -> int:
    """Read one task, measure it, write the curves."""
    task = json.load(sys.stdin)
    if not isolate():
        return REFUSED
    try:
        curves = measure(task["code"], task["entry"], task["tests"])
    except (Refused, SyntaxError) as error:
        sys.stdout.write(json.dumps({"refused": str(error)}))
        return 0
    sys.stdout.write(json.dumps({"curves": curves}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

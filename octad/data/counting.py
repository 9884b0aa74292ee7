"""What the helpers of rewritten code do: run the operation and charge its site for the work.

The cost model: one unit per statement, step and call. A built-in is charged for what it reads and
writes (the lengths of its arguments and of its result), the exceptions are in the tables below;
sorting n items costs n log2 n. Arithmetic costs one unit whatever the size of the numbers, and a
number turned into digits costs the digits. Where the standard library may stop early (`x in list`)
the whole is charged: the worst case is what counts.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Any


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


# One unit whatever they are given: they touch one item, or only promise to touch more.
CHEAP = words("""
    append appendleft popleft popitem get keys values items setdefault add discard
    len isinstance issubclass ord chr abs round divmod pow hash id callable bool float complex slice
    range iter next enumerate zip map filter reversed combinations permutations product
    combinations_with_replacement count cycle repeat islice takewhile dropwhile chain from_iterable
    groupby starmap accumulate tee zip_longest defaultdict compile group start end span bit_length
    sqrt floor ceil trunc log log2 log10 exp sin cos tan asin acos atan atan2 fabs fmod isqrt gcd
    radians degrees hypot phase polar rect isnan isinf
    itemgetter partial lru_cache cmp_to_key date datetime timedelta
""")
LOGARITHMIC = words("heappush heappop heapreplace heappushpop bisect bisect_left bisect_right")
SORTING = words("sorted sort nlargest nsmallest most_common")
FACTORIALS = words("factorial comb perm")
KEYED = words("map filter reduce starmap")
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add, "Append": operator.add, "Sub": operator.sub, "Mult": operator.mul,
    "Div": operator.truediv, "FloorDiv": operator.floordiv, "Mod": operator.mod, "Pow": operator.pow,
    "LShift": operator.lshift, "RShift": operator.rshift, "BitOr": operator.or_, "BitXor": operator.xor,
    "BitAnd": operator.and_, "MatMult": operator.matmul, "Eq": operator.eq, "NotEq": operator.ne,
    "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt, "GtE": operator.ge,
    "Is": operator.is_, "IsNot": operator.is_not,
}  # fmt: skip
BITS = 100_000
MEASURED = "__measured__"  # the module name that rewritten code runs under


class Exhausted(BaseException):
    """The run has used up its budget; not an Exception, so that the code cannot swallow it."""


class Counter:
    """Counters of all sites, and the helpers bound to them; raises Exhausted at the budget."""

    def __init__(self, sites: int, budget: int) -> None:
        self.counts = [0] * sites
        self.left = budget

    def helpers(self) -> dict[str, Callable[..., Any]]:
        """Return the names that rewritten code expects to find."""
        return {
            "octad_tick": self.tick, "octad_call": self.call, "octad_size": self.size,
            "octad_steps": self.steps, "octad_operate": self.operate, "octad_compare": self.compare,
            "octad_added": self.added,
        }  # fmt: skip

    def charge(self, site: int, units: float) -> None:
        """Add whole units of work to a site."""
        self.counts[site] += int(units)
        self.left -= int(units)
        if self.left < 0:
            raise Exhausted

    def tick(self, site: int) -> None:
        """Count one statement."""
        self.counts[site] += 1
        self.left -= 1
        if self.left < 0:
            raise Exhausted

    def steps(self, site: int, items: Iterable[Any]) -> Iterator[Any]:
        """Count one per item taken."""
        for item in items:
            self.tick(site)
            yield item

    def size(self, site: int, value: Any) -> Any:
        """Charge for a value that was copied or is about to be."""
        if isinstance(value, Iterator):
            return self.steps(site, value)
        self.charge(site, _length(value))
        return value

    def added(self, site: int, left: Any, right: Any) -> Any:
        """Charge for the right side of `left += right`, and for a tuple that is copied to make room."""
        if isinstance(left, tuple):
            self.charge(site, len(left))
        return self.size(site, right)

    def operate(self, site: int, name: str, left: Any, right: Any) -> Any:
        """Run a binary operation; sequences cost the length of the result."""
        if isinstance(left, int) and isinstance(right, int):
            self._fits(name, left, right)
        elif name == "Mult" and (isinstance(left, int) or isinstance(right, int)):
            items, times = (right, left) if isinstance(left, int) else (left, right)
            self.charge(site, _length(items) * max(int(times), 0) if isinstance(items, Sized) else 1)
            return OPERATORS[name](left, right)
        result = OPERATORS[name](left, right)
        self.charge(site, _length(right) if name == "Append" and isinstance(left, str) else _length(result))
        return result

    def compare(self, site: int, name: str, left: Any, right: Any) -> Any:
        """Run a comparison; membership in a sequence costs its length, equality the shorter one's."""
        if name in ("In", "NotIn"):
            scanned = isinstance(right, list | tuple | str) or type(right).__name__ in (
                "deque",
                "dict_values",
            )
            self.charge(site, _length(right) if scanned else 1)
            return (left in right) == (name == "In")
        self.charge(site, min(_length(left), _length(right)))
        return OPERATORS[name](left, right)

    def call(self, site: int, function: Any, /, *arguments: Any, **named: Any) -> Any:
        """Call a function; one written in Python counts itself, others by the cost model."""
        if not _foreign(function):
            self.tick(site)
            return function(*arguments, **named)
        name = getattr(function, "__name__", "")
        if name in KEYED and arguments:
            arguments = (self._counted(site, arguments[0]), *arguments[1:])
        if "key" in named:
            named["key"] = self._counted(site, named["key"])
        if name == "print":
            return self.charge(site, 1 + sum(map(_length, arguments)))
        self.charge(site, self._before(name, function, arguments))
        if name not in ("next", "isinstance", "iter"):
            arguments = tuple(self.steps(site, a) if isinstance(a, Iterator) else a for a in arguments)
        result = function(*arguments, **named)
        if name == "zip" and len(arguments) > 3:  # every item is as long as there are arguments
            return self._wide(site, result, len(arguments))
        self.charge(site, 0 if name in CHEAP or name in LOGARITHMIC else _written(name, arguments, result))
        return result

    def _wide(self, site: int, items: Iterable[Any], width: int) -> Iterator[Any]:
        for item in items:
            self.charge(site, width)
            yield item

    def _counted(self, site: int, function: Any) -> Any:
        if not _foreign(function):
            return function
        return lambda *arguments: self.call(site, function, *arguments)

    def _before(self, name: str, function: Any, arguments: tuple[Any, ...]) -> float:
        """Cost known before the call, so that what is too long is never started."""
        owner = getattr(function, "__self__", None)
        lengths = [_length(value) for value in arguments if isinstance(value, Sized)]
        own = _length(owner) if isinstance(owner, Sized) else 0
        total = sum(lengths) + own
        if name in CHEAP:
            # `list.count` scans, `itertools.count` does not.
            return own if name == "count" and own else 1
        if name == "pop":
            return own if isinstance(owner, list) and arguments and arguments[0] != -1 else 1
        if name in ("extend", "update", "extendleft") or (name == "remove" and not isinstance(owner, list)):
            return 1 + sum(lengths)
        if name in LOGARITHMIC:
            return 1 + math.log2(1 + max(lengths, default=0))
        if name in SORTING:
            return total * math.log2(1 + total) + 1
        if name in FACTORIALS:
            return int(arguments[0]) if arguments else 1
        return 1 + total

    def _fits(self, name: str, left: int, right: int) -> None:
        """Stop before numbers get too large to compute with."""
        bits = {"Pow": left.bit_length() * max(right, 0), "LShift": left.bit_length() + max(right, 0),
                "Mult": left.bit_length() + right.bit_length()}.get(name, 0)  # fmt: skip
        if bits > BITS:
            raise Exhausted


def _length(value: Any) -> int:
    return len(value) if isinstance(value, Sized) else 1


def _written(name: str, arguments: tuple[Any, ...], result: Any) -> int:
    """Items of the result; the digits of a short number are no work."""
    length = _length(result) if isinstance(result, Sized) else 0
    scalar = name in ("str", "bin", "hex", "oct") and arguments and isinstance(arguments[0], int | float)
    return 0 if scalar and length <= 4 else length


def _foreign(function: Any) -> bool:
    """Whether the function is not of the rewritten code, which counts itself."""
    inner = getattr(function, "__wrapped__", getattr(function, "__func__", function))
    home = inner.__module__ if isinstance(inner, type) else getattr(inner, "__globals__", {}).get("__name__")
    return bool(home != MEASURED)

"""What came of an example, held against what its text says: wrong, not run, or as it says."""

from __future__ import annotations

import ast
import doctest
import re
from typing import NamedTuple

from octad.claims.modules import modules
from octad.claims.runnable import Part, tops
from octad.claims.tree import Tree
from octad.host.session import Outcome, Raised

_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_VOLATILE = re.compile(
    r"\b(?:now|today|time\w*|date\w*|random\w*|uuid\w*|secrets|\w*version\w*|platform|getpid|cwd|environ|hash|id|"
    r"tempfile|sys|os|locale|getrefcount|sizeof|pickle\w*)\b|NUMPY|0x[0-9a-fA-F]{4}|\{[a-z_]+\}|\bat 0x|"
    r"<[\w.]+ object|<_io\.|\d\d:\d\d|\\x80\\x0[2-5]"
)
"""Signs of a result that is another at another time, on another machine, or in a template."""
_COMMENTS = re.compile(r"(?:^|\s)\s*#(?:\s.*)?$", re.MULTILINE)
"""What a text remarks beside a result."""
_FIELD = re.compile(r"^\s*[:@]\w[^\n]*\Z|^\s*[:@]\w[^\n]*\n(?:.*\n?)*", re.MULTILINE)
"""Fields of a docstring that begin right below a result."""
_NAMED = re.compile(r"<class '([\w.]+)'>|\b[A-Z]\w+\((\[[^\[\]]*\]|\{[^{}]*\})\)")
"""What Python shows around a class or a container, and people leave out."""
_PLACEHOLDER = re.compile(
    r"(?:(?:any|some)thing|whatever|everything|foo\w*|bar|baz|x|xx+|y|z|(?:my|your|our)_?\w*|name|func(?:tion)?|"
    r"Class(?:Name)?|Example\w*|Thing|spam|eggs|\w*X{2,})\Z",
    re.IGNORECASE,
)
"""Names that stand for any other."""
_CALL = re.compile(
    r"unexpected keyword argument|missing \d+ required|takes (?:from )?\d+ .*positional|takes no arguments|"
    r"multiple values for argument|got some positional-only"
)
_ABSENT = {
    "FileNotFoundError": "a file is missing", "NotADirectoryError": "a file is missing",
    "PermissionError": "it may not be done in the sandbox", "EOFError": "it asks for input",
    "gaierror": "it needs a network", "URLError": "it needs a network", "timeout": "it needs a network",
    "ConnectionError": "it needs a network", "Stopped": "it takes too long or says too much",
    "MemoryError": "it needs more memory",
    "OSError": "it needs more of the machine than the sandbox gives", "SystemExit": "it leaves Python",
    "SyntaxError": "it is no whole program", "ModuleNotFoundError": "{name} is not installed",
    "ImportError": "an import fails", "NameError": "it uses what no example before it defines",
}  # fmt: skip
"""What an exception says that an example lacks here."""


class Verdict(NamedTuple):
    """Why an example is wrong, or why it was not run; it went as its text says where both are empty."""

    wrong: str = ""
    not_run: str = ""
    is_result: bool = False


def verdict(tree: Tree, part: Part, outcome: Outcome, *, is_first: bool) -> Verdict:
    """What an example shows; `is_first` says that nothing before it in its session went wrong."""
    raised = outcome.raised
    if not part.is_claim:
        return Verdict(not_run="its text speaks of what fails, or of another time")
    if part.raises:
        return _expected(part, raised, is_first)
    if raised is not None:
        return _unexpected(tree, raised, is_first)
    want = _FIELD.sub("", part.want)
    said = _COMMENTS.sub("", want)
    if not said.strip() or any(_is_said(part, one, outcome.output) for one in (want, said)):
        return Verdict()
    if not is_first:
        return Verdict(not_run="an example before it was not run")
    if said != want:
        return Verdict(not_run="its result is written with remarks")
    if _VOLATILE.search(part.piece.source + part.want + outcome.output):
        return Verdict(not_run="its result is another at other times")
    said, came = _shown(want), _shown(outcome.output)
    return Verdict(wrong=f"the example says `{said}`, and running it gives `{came}`", is_result=True)


def _is_said(part: Part, want: str, output: str) -> bool:
    """Whether a result is what the text says: as doctest compares, by value, or in other space and quotes.

    Of what Python does not show, and of names that stand for any other, a text may say what it likes.
    """
    if _PLACEHOLDER.match(want.strip()) or (want.strip() == "None" and not output):
        return True
    checker = doctest.OutputChecker()
    flags = _FLAGS | sum(part.options)
    if checker.check_output(want, output, flags):
        return True
    said, came = _plain(want), _plain(output)
    if (
        said == came
        or said == _plain(_NAMED.sub(r"\1\2", output))
        or checker.check_output(said, came, flags)
        or "..." in want.split("\n")[-1]
    ):
        return True
    if sorted(want.split("\n")) == sorted(output.split("\n")):
        return True
    try:
        values = ast.literal_eval(want.strip()), ast.literal_eval(output.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return bool(values[0] == values[1]) or _in_order(values[0]) == _in_order(values[1])


def _in_order(value: object) -> object:
    """A list without the order of what is in it, which may come from a set."""
    return (type(value), sorted(map(repr, value))) if isinstance(value, list | tuple) else value


def _plain(text: str) -> str:
    """A result without space and what nobody sees, with one kind of quotes and no letters before them."""
    return re.sub(
        r"\b[uU](?=\")",
        "",
        re.sub(r"\s|,(?=\s*[)\]}])|<BLANKLINE>|[\ufe0e\ufe0f]", "", text).replace("'", '"'),
    )


def _expected(part: Part, raised: Raised | None, is_first: bool) -> Verdict:
    """Where the text says that an exception is raised: another class of it, or none."""
    name = part.raises.partition(":")[0].strip().rpartition(".")[2]
    if raised is not None and (name in raised.kinds or not is_first or not raised.kinds):
        return Verdict()
    if not is_first:
        return Verdict(not_run="an example before it was not run")
    if raised is None:
        return Verdict(
            wrong=f"the example says that it raises `{name}`, and running it raises nothing", is_result=True
        )
    if absent := _lacks(raised):
        return Verdict(not_run=absent)
    message = f"the example says that it raises `{name}`, and running it raises `{raised.kinds[0]}`"
    return Verdict(wrong=message, is_result=True)


def _unexpected(tree: Tree, raised: Raised, is_first: bool) -> Verdict:
    """Where the text says nothing of an exception: wrong only where the project's interface is another."""
    kind = raised.kinds[0] if raised.kinds else "nothing known"
    said = f"running the example raises `{_shown(raised.text)}`"
    if raised.is_direct and _is_of_interface(tree, raised, is_first):
        return Verdict(wrong=said)
    return Verdict(
        not_run=_lacks(raised) or (f"it raises {kind}" if is_first else "an example before it was not run")
    )


def _lacks(raised: Raised) -> str:
    """What an exception says that there is not; empty where it says something else."""
    known = next((_ABSENT[kind] for kind in raised.kinds if kind in _ABSENT), "")
    return known.format(name=raised.name.partition(".")[0] or "a module")


def _is_of_interface(tree: Tree, raised: Raised, is_first: bool) -> bool:
    """Whether an exception says that the project has no such module, name, attribute, or parameter."""
    if "ImportError" in raised.kinds:
        return _is_no_import(tree, raised)
    if not is_first or raised.owner.partition(".")[0] not in tops(tree):
        return False
    if "AttributeError" in raised.kinds:
        return bool(raised.name) and not _is_written(tree, raised.owner, raised.name)
    return raised.kinds[0] == "TypeError" and bool(_CALL.search(raised.message))


def _is_no_import(tree: Tree, raised: Raised) -> bool:
    """Whether an import of the project's own fails, and nothing that is built or installed would mend it."""
    top = raised.name.partition(".")[0]
    if top not in tops(tree):
        return False
    if "ModuleNotFoundError" in raised.kinds:
        outer, _, name = raised.name.rpartition(".")
        return bool(outer) and not _is_written(tree, outer, name) and not _is_beside(tree, outer, name)
    taken = re.match(r"cannot import name '(\w+)' from", raised.message)
    return (
        taken is not None
        and not _PLACEHOLDER.match(taken[1])
        and not _is_written(tree, raised.name, taken[1])
    )


def _is_written(tree: Tree, module: str, name: str) -> bool:
    """Whether the file of a module holds a name, which something may define elsewhere, or later."""
    path = modules(tree).folder_or_file(module)
    if path is not None and path in tree.folders:
        path = f"{path}/__init__.py"
    text = tree.text(path) if path else None
    return text is not None and re.search(rf"\b{re.escape(name)}\b", text) is not None


def _is_beside(tree: Tree, module: str, name: str) -> bool:
    """Whether a package holds a file of that name, of whatever language, or git ignores one."""
    path = modules(tree).folder_or_file(module) or ""
    folder = path.rpartition("/")[0] if path.endswith((".py", ".pyi")) else path
    stems = (
        one.rpartition("/")[2].partition(".")[0] for one in tree.files if one.rpartition("/")[0] == folder
    )
    return name in stems or tree.ignores(f"{folder}/{name}.py")


def _shown(text: str) -> str:
    """A text in one line, its beginning where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:117]}..."

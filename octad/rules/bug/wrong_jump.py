"""`break` stands for `continue`, or the other way round."""

from octad.rules.rule import Edit, Example, Rule
from octad.syntax.jumps import goes_round, has_break, has_read_the_rest, is_endless, loop_of
from octad.syntax.program import Loop


def veto(edit: Edit) -> str:
    """A loop that never ends or has one round, or whose `else`, or what it has read, says how it is left."""
    path = edit.path()
    at = loop_of(path)
    loop = path[at] if at else None
    if not isinstance(loop, Loop):
        return ""
    jump = path[-1]
    if edit.word == "break":
        return "" if goes_round(loop.body, jump) else "the loop would have no second round"
    if has_read_the_rest(path, at):
        return "what the loop would go on with is read already"
    if is_endless(loop, jump):
        return "the loop would never end"
    return "its `else` would always run" if loop.orelse and not has_break(loop, jump) else ""


RULE = Rule(
    name="bug/wrong-jump",
    level="warning",
    message="`{word}` looks like the wrong jump",
    summary=(
        "`break` ends a loop where only this round was to end, or `continue` goes on where the "
        "loop was to end."
    ),
    example=Example(
        wrong="""\
def settings(lines):
    found = []
    for line in lines:
        if line.startswith("#"):
            break
        found.append(line.strip())
    return found
""",
        right="""\
def settings(lines):
    found = []
    for line in lines:
        if line.startswith("#"):
            continue
        found.append(line.strip())
    return found
""",
    ),
    repair="The other of `break` and `continue`.",
    veto=veto,
)

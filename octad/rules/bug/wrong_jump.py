"""`break` stands for `continue`, or the other way round."""

from octad.rules.rule import Example, Rule

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
)

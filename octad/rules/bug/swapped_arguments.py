"""Two arguments of a call stand in each other's place."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/swapped-arguments",
    level="warning",
    message="two arguments of this call look swapped",
    summary=(
        "Two neighbouring arguments of a call stand in each other's place. It shows in the name of "
        "the function and in those of the arguments."
    ),
    example=Example(
        wrong="""\
def censor(text, word):
    return text.replace("*" * len(word), word)
""",
        right="""\
def censor(text, word):
    return text.replace(word, "*" * len(word))
""",
    ),
    repair="The same call with these two arguments exchanged.",
)

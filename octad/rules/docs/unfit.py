"""A docstring that says what the code no longer does."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/unfit",
    level="note",
    message="the code changed in a way after which people mend such a docstring, and this one stayed",
    summary=(
        "A change to a function and its docstring are read together: what the text names, and what of it the "
        "change touches. The probability is how often people changed the docstring with code like this, in "
        "projects that nothing was learned from. It says that a text should be read again, not which word is "
        "wrong."
    ),
    example=Example(
        wrong="a parameter is removed that the docstring still lists",
        right="the entry of the parameter goes with it",
    ),
    repair="Read the docstring against the new code, and change what it says.",
)

"""A field is used as if it held something else."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="uses/field",
    level="warning",
    message="`{word}` is used as if it held something else",
    summary=(
        "A field of the class is used in a way that does not fit what the class puts into it. "
        "Often the fields were renamed, or hold something new, and this use was forgotten."
    ),
    example=Example(
        wrong="""\
class Basket:
    def __init__(self):
        self.items = []
        self.count = 0

    def add(self, item):
        self.count.append(item)
        self.count += 1
""",
        right="""\
class Basket:
    def __init__(self):
        self.items = []
        self.count = 0

    def add(self, item):
        self.items.append(item)
        self.count += 1
""",
    ),
    repair=(
        "No edit is offered: the finding names the place of the definition, and either side may be "
        "the wrong one."
    ),
)

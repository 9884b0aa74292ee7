"""A call of a method of the same class does not fit it."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="uses/method",
    level="warning",
    message="this call of `{word}` does not fit its definition",
    summary=(
        "A call through `self` or `cls` does not fit the parameters of the method: an argument is "
        "missing, too many or under an old name, so that Python refuses the call. Often the method "
        "changed and this call did not."
    ),
    example=Example(
        wrong="""\
class Account:
    def __init__(self):
        self.entries = []

    def book(self, amount, reason):
        self.entries.append((amount, reason))

    def charge(self, fee):
        self.book(-fee)
""",
        right="""\
class Account:
    def __init__(self):
        self.entries = []

    def book(self, amount, reason):
        self.entries.append((amount, reason))

    def charge(self, fee):
        self.book(-fee, "fee")
""",
    ),
    repair=(
        "No edit is offered: the finding names the place of the definition, and either side may be "
        "the wrong one."
    ),
)

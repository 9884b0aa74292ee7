"""A change that is likely to bring a defect."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="deployment/risk",
    level="warning",
    message="changes like this one bring defects",
    summary=(
        "What is known of the change, of those who made it and of the files it touches is like what later "
        "fixes traced defects back to. Whether a change is taken back is another question, of which it tells "
        "nothing."
    ),
    example=Example(wrong="a change of 900 lines over 30 files that many people changed last month"),
    repair="Review it again, or let it out more slowly.",
)

"""A deployment since which things are worse."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="deployment/rollback",
    level="error",
    message="since the deployment things are worse: take it back",
    summary=(
        "Metrics after it are worse than before by more than they were in the quiet past of the same system."
    ),
    example=Example(wrong="errors of checkout rise from 0.1 % to 8 % in the minute of the deployment"),
    repair="Take the deployment back.",
)

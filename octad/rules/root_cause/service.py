"""The service that an incident began in."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="root-cause/service",
    level="error",
    message="{word}: the likeliest origin of what went wrong",
    summary="Its own metrics left their usual level, and no service that it depends on explains that.",
    example=Example(wrong="latency of cart rises first, then that of the gateway which calls it"),
    repair="Look at what changed in this service when the incident began.",
)

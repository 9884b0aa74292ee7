"""Something is awaited that is no coroutine."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/needless-await",
    level="warning",
    message="this is probably not to be awaited",
    summary=(
        "A call is awaited whose result is ready at once. Python raises a TypeError where the "
        "result cannot be awaited."
    ),
    example=Example(
        wrong="""\
async def names(client):
    rows = await client.rows()
    return await sorted(row.name for row in rows)
""",
        right="""\
async def names(client):
    rows = await client.rows()
    return sorted(row.name for row in rows)
""",
    ),
    repair="The call without its `await`.",
)

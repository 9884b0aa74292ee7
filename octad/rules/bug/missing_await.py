"""A coroutine is called and never awaited."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/missing-await",
    level="warning",
    message="this coroutine is probably not awaited",
    summary=(
        "A coroutine is called in an asynchronous function and not awaited. Its body then does not "
        "run, and what is used is the coroutine instead of its result."
    ),
    example=Example(
        wrong="""\
async def fetch(client, url):
    response = client.get(url)
    return response.text
""",
        right="""\
async def fetch(client, url):
    response = await client.get(url)
    return response.text
""",
    ),
    repair="An `await` before the call.",
)

"""Documentation names a port that nothing in the project listens on."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/port",
    level="note",
    message="nothing in the project listens on the documented port",
    summary=(
        "A README or a page on starting the project tells to open an address on this machine whose port "
        "is in no file of the project, where compose files or Dockerfiles beside it publish others. "
        "Ports that well-known tools listen on are not judged."
    ),
    example=Example(
        wrong="""\
# README.md
Open http://localhost:8742/.

# docker-compose.yml
ports:
  - "8743:8743"
""",
        right="""\
# README.md
Open http://localhost:8743/.
""",
    ),
)

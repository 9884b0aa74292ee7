"""The stated rule, clause by clause, and the deployments that overrule it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from octad.advice.strategy import FEWEST, PACE, RISKY, WIDE, blast, choose, rolled_back
from octad.records.change import Change, FileChange
from octad.records.code import Code
from octad.records.events import Event
from octad.records.graph import Edge, Graph, Node

CHAIN = Graph(
    nodes=tuple(Node(id=name) for name in ("gateway", "cart", "stock-db", "mail")),
    edges=(Edge(source="gateway", target="cart"), Edge(source="cart", target="stock-db")),
)


def change(*paths: str) -> Change:
    return Change(files=tuple(FileChange(before=None, after=Code(path=path, text="x")) for path in paths))


def deployed(count: int, bad: int, strategy: str = "rolling", start: int = 0) -> list[Event]:
    found = []
    for number in range(start, start + count):
        time = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        attributes = {"strategy": strategy}
        found.append(Event(time=time, kind="deployed", subject="cart", attributes=attributes))
        if number - start < bad:
            found.append(Event(time=time + timedelta(hours=1), kind="rolled-back", subject="cart"))
    return found


@pytest.mark.parametrize(
    ("risk", "name"), [(0.0, "rolling"), (RISKY - 0.01, "rolling"), (RISKY, "canary"), (1.0, "canary")]
)
def test_risk_asks_for_a_canary(risk: float, name: str) -> None:
    strategy = choose(risk, None, None, ())
    assert (strategy.name, strategy.pace) == (name, PACE[name])  # type: ignore[index]
    assert f"risk {risk:.2f}" in strategy.reasons[0]


def test_a_wide_reach_asks_for_a_canary() -> None:
    strategy = choose(0.0, change("services/stock_db/pool.py"), CHAIN, ())
    assert strategy.name == "canary" and "75% of the services" in strategy.reasons[-1]
    assert WIDE <= blast(["mail/send.py"], CHAIN) == 0.25
    assert choose(0.0, change("docs/guide.md"), CHAIN, ()).name == "rolling"


@pytest.mark.parametrize(
    "path",
    ["db/migrations/0007_add.py", "sql/create.sql", "app/schema.rb", "alembic/env.py", "src/ddl/users.txt",
     "db/AddUserMigration.java", "flyway.conf"],
)  # fmt: skip
def test_changes_of_stored_data_go_blue_green(path: str) -> None:
    strategy = choose(0.0, change("a.py", path), None, ())
    assert (strategy.name, strategy.pace) == ("blue-green", (100,))
    assert "stored data" in strategy.reasons[-1]


@pytest.mark.parametrize(
    "path", ["web/middleware/auth.py", "saddle.py", "lib/paddle/net.py", "src/fiddler.ts"]
)
def test_words_that_only_contain_such_names_are_no_stored_data(path: str) -> None:
    assert choose(0.0, change(path), None, ()).name == "rolling"


def test_a_deleted_migration_counts_too() -> None:
    gone = Change(files=(FileChange(before=Code(path="migrations/1.py", text="x"), after=None),))
    assert choose(0.0, gone, None, ()).name == "blue-green"


def test_strategies_that_failed_give_way() -> None:
    assert choose(0.0, None, None, deployed(10, 2)).name == "rolling"
    assert choose(0.0, None, None, deployed(10, 3)).name == "canary"
    both = deployed(10, 3) + deployed(10, 5, "canary", 20)
    strategy = choose(0.0, None, None, both)
    assert strategy.name == "blue-green"
    assert [reason for reason in strategy.reasons if "rolled back" in reason] == [
        "30% of the recorded rolling deployments were rolled back",
        "50% of the recorded canary deployments were rolled back",
    ]
    assert choose(0.0, None, None, deployed(10, 9, "blue-green")).name == "rolling"


def test_too_few_outcomes_say_nothing() -> None:
    assert rolled_back("rolling", deployed(FEWEST - 1, FEWEST - 1)) == 0.0
    assert rolled_back("rolling", deployed(FEWEST, FEWEST)) == 1.0


def test_a_roll_back_undoes_the_newest_deployment_of_its_subject() -> None:
    """Whatever strategy that had: the older one of another strategy was fine. Events come in any order."""
    events = deployed(5, 0) + deployed(5, 5, "canary", 10)
    assert (rolled_back("rolling", events[::-1]), rolled_back("canary", events[::-1])) == (0.0, 1.0)
    other = Event(time=datetime(2026, 3, 1, tzinfo=UTC), kind="rolled-back", subject="mail")
    assert rolled_back("rolling", [*deployed(5, 0), other]) == 0.0


def test_the_reach_follows_callers_through_cycles() -> None:
    assert blast(["cart/a.py"], CHAIN) == 0.5
    assert blast(["GATEWAY/a.py"], CHAIN) == 0.25
    assert blast(["cartography/a.py"], CHAIN) == 0.0
    ring = CHAIN.model_copy(update={"edges": (*CHAIN.edges, Edge(source="stock-db", target="gateway"))})
    assert blast(["gateway/a.py"], ring) == 0.75
    assert blast(["a.py"], Graph()) == 0.0

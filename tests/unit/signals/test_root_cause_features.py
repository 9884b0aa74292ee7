import numpy as np

from octad.records.graph import Edge, Graph, Node
from octad.records.series import Series
from octad.signals.change_point import windows
from octad.signals.root_cause_features import FEATURES, features, reachable
from octad.signals.system import observe

GRAPH = Graph(
    nodes=tuple(Node(id=name) for name in ("shop", "cart", "db", "mail")),
    edges=(
        Edge(source="shop", target="cart"),
        Edge(source="cart", target="db"),
        Edge(source="shop", target="mail"),
    ),
)


def series(slow: tuple[str, ...], seed: int = 0) -> list[Series]:
    random = np.random.default_rng(seed)
    found = []
    for node in GRAPH.nodes:
        values = 0.1 * np.exp(random.normal(0, 0.03, 15))
        values[10:] *= 4 if node.id in slow else 1
        times = tuple(60.0 * step for step in range(15))
        found.append(Series(name=f"{node.id}.latency_p90", times=times, values=tuple(values)))
    return found


def numbers(slow: tuple[str, ...], name: str) -> dict[str, float]:
    case = observe(series(slow), GRAPH)
    found = features(case.system, windows(case.system.level))
    assert found.shape == (4, len(FEATURES))
    assert np.isfinite(found).all()
    return dict(zip(case.services, found[:, FEATURES.index(name)], strict=True))


def test_the_deepest_slow_service_explains_those_above_it() -> None:
    explains = numbers(("shop", "cart", "db"), "latency-explains")
    assert explains["db"] > 0.85
    assert explains["db"] > explains["cart"] > explains["shop"] > explains["mail"] - 0.2
    assert numbers(("shop", "cart", "db"), "latency-callee")["db"] == 0
    assert numbers(("shop", "cart", "db"), "latency-beneath")["shop"] > 0.5


def test_names_and_order_do_not_matter() -> None:
    case, other = observe(series(("cart",)), GRAPH), observe(series(("cart",))[::-1], GRAPH)
    one, two = (features(it.system, windows(it.system.level)) for it in (case, other))
    np.testing.assert_allclose(one, two, atol=1e-9)


def test_cycles_and_nothing_at_all_are_survived() -> None:
    calls = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=bool)
    assert (reachable(calls) == ~np.eye(3, dtype=bool)).all()
    empty = observe([], GRAPH)
    assert not features(empty.system, windows(empty.system.level)).any()
    assert observe([], None).services == ()


def test_who_reaches_whom_is_the_closure_of_the_calls() -> None:
    rng = np.random.default_rng(1)
    for n in (1, 7, 8, 9, 40):
        calls = rng.random((n, n)) < 1.2 / n
        found = calls.copy()
        for _ in range(n):
            found |= (found[:, :, None] & calls[None]).any(axis=1)
        assert (reachable(calls) == (found & ~np.eye(n, dtype=bool))).all()

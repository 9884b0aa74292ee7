from __future__ import annotations

import pytest

from octad.read.graphs.mermaid import read_mermaid
from octad.read.graphs.naming import named_as


@pytest.mark.parametrize(
    "body, services, found",
    [
        ("A[Order Service] --> B[Cart]", ["order-service", "cart"], "order-service>cart"),
        ("A[Orders] --> B[Cart Service]", ["orders-svc", "cart"], "orders-svc>cart"),
        ("A[Cart Service<br/>Port 80] --> B[web]", ["cart", "web"], "cart>web"),
        ("CartService --> redis", ["cartservice", "redis"], "cartservice>redis"),
        ("cart[Basket] --> basket", ["cart", "basket"], "cart>basket"),
        ("A[Web] --> B[Web]", ["web"], "web>B"),
        ("A[Web] --> b", ["web-service", "webservice"], "A>b"),
        ("A --> B", [], "A>B"),
    ],
)
def test_nodes_are_called_as_services_are(body: str, services: list[str], found: str) -> None:
    graph = named_as(read_mermaid(f"graph LR\n{body}", "g"), services)
    assert [f"{edge.source}>{edge.target}" for edge in graph.edges] == [found]
    assert {node.id for node in graph.nodes} == set(found.split(">"))

from __future__ import annotations

import pytest

from octad.read.graphs.hosts import named_services


@pytest.mark.parametrize(
    "key, value, found",
    [
        ("X", "http://api", "api"),
        ("X", "http://api/db", "api"),
        ("X", "amqp://db:api@queue:5672", "queue"),
        ("X", "root@db", "db"),
        ("X", "queue:5672,db:27017", "queue db"),
        ("X", "api.shop.svc.cluster.local", "api"),
        ("X", "db-0.db.shop.svc", "db"),
        ("DB_HOST", "db", "db"),
        ("brokers.url", "${X:-queue}", "queue"),
        ("X", "db", ""),
        ("X", "ask the db or api", ""),
        ("X", "http://api.example.com", ""),
        ("X", "http://my-api/", ""),
        ("X", "db:7", ""),
        ("HOSTING", "db", ""),
    ],
)
def test_only_hosts_count(key: str, value: str, found: str) -> None:
    known = {name: name for name in ("api", "db", "queue")}
    assert list(named_services(key, value, known)) == found.split()

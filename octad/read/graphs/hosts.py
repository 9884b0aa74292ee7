"""Services that a setting names as a host: `http://api/x`, `user@db`, `queue:5672`, `api.shop.svc`.

A name in running text is no host. A whole value is one where its key says so (`DB_HOST`, `API_URL`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_DEFAULT = re.compile(r"\$\{\w+:?-([^{}]*)\}")
_HOST = re.compile(r"(://(?:[^\s/@,]*@)?|@)?([A-Za-z0-9][\w.-]*)(:\d{2,5}(?!\d))?")
_NAMES_HOST = re.compile(
    r"(?:^|[_.-])(?:HOST|HOSTNAME|ADDR|ADDRESS|URL|URI|SERVER|ENDPOINT)S?$", re.IGNORECASE
)
_CLUSTER = re.compile(r"\.svc(?:\.|$)")


def named_services(key: str, value: str, known: Mapping[str, str]) -> Iterator[str]:
    """The services that a value names; `known` maps hosts to services."""
    value = _DEFAULT.sub(r"\1", value)
    if _NAMES_HOST.search(key):
        yield from (known[part] for part in re.split(r"[,\s]+", value) if part in known)
    for match in _HOST.finditer(value):
        lead, host, port = match.groups()
        if host in known and (lead or port):
            yield known[host]
        elif _CLUSTER.search(host):
            yield from (known[part] for part in host.split(".")[:2] if part in known and part != "svc")

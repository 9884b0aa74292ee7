"""Names for simulated systems: words that services are called, and how tools spell their metrics."""

from __future__ import annotations

from numpy.random import Generator

_WORDS = (
    "account", "ad", "address", "audit", "auth", "basket", "billing", "booking", "cache", "cart", "catalog",
    "chat", "checkout", "config", "coupon", "currency", "customer", "delivery", "device", "discount", "email",
    "events", "feed", "files", "frontend", "gateway", "geo", "history", "identity", "image", "inventory",
    "invoice", "ledger", "loyalty", "media", "menu", "notify", "offer", "orders", "payment", "pricing",
    "product", "profile", "quote", "ranking", "rating", "recommend", "refund", "report", "review", "route",
    "search", "seat", "session", "shipping", "station", "stock", "storage", "survey", "tax", "ticket",
    "travel", "user", "voucher", "wallet", "warehouse",
)  # fmt: skip
_ENDS = ("", "", "service", "-service", "-api", "svc")

_SPELLINGS: dict[str, tuple[str, ...]] = {
    "latency": ("latency_p{}", "latency_p{}", "P{} latency(ms)", "request_duration_seconds.p{}"),
    "client": ("client_latency_p{}", "client P{} latency(ms)", "outbound_request_duration_seconds.p{}"),
    "mean": ("latency_Average", "latency_mean", "response_time_avg", "request_duration_seconds.mean"),
    "requests": ("requests", "requests_Sum", "http_requests_total", "ops", "workload"),
    "success": ("success_rate", "success_rate", "availability_Average", "success_rate(%)"),
    "failure": ("error_ratio", "errors_rate", "failure_rate"),
    "cpu": ("cpu_usage", "CpuUsage(m)", "container_cpu_usage_seconds", "cpu_utilization"),
    "cpu_rate": ("cpu_rate", "CpuUsageRate(%)", "cpu_percent"),
    "memory": ("memory_usage", "memory_working_set", "MemoryUsage(Mi)", "heap_used_bytes"),
    "received": ("network_receive_bytes", "NetworkReceiveBytes", "net_rx_bytes"),
    "sent": ("network_transmit_bytes", "NetworkTransmitBytes", "net_tx_bytes"),
    "caller": ("source_{}", "caller_latency_{}"),
    "callee": ("destination_{}", "callee_latency_{}"),
    "machine_cpu": ("NodeCpuUsageRate(%)", "node_cpu_seconds", "host_cpu_percent"),
    "machine_memory": ("NodeMemoryUsageRate(%)", "node_memory_used_bytes", "host_memory_percent"),
    # As `octad.signals.trace_series` names what spans add up to.
    "served": ("server_latency_p{}",),
    "called": ("client_latency_p{}",),
    "alone": ("self_latency_p{}",),
    "arrived": ("server_requests",),
    "failed": ("server_errors",),
    "waited": ("caller_latency_p{}",),
    "answered": ("callee_latency_p{}",),
    "calls": ("caller_calls",),
    "failed_calls": ("caller_errors",),
}


def draw_services(rng: Generator, count: int) -> list[str]:
    """Different names for the services of one system, all of one style."""
    end = str(rng.choice(_ENDS))
    return [f"{word}{end}" for word in rng.choice(_WORDS, count, replace=False)]


def draw_spellings(rng: Generator) -> dict[str, str]:
    """How one system spells its metrics; `{}` stands for a percentile."""
    return {meaning: str(rng.choice(names)) for meaning, names in _SPELLINGS.items()}

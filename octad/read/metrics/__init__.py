"""Exports of metrics and a running Prometheus to series."""

"""Traces: spans of OpenTelemetry, Jaeger, Zipkin and tables, and what they add up to."""

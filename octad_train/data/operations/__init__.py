"""Labelled incidents and deployments, from public sets and injected faults."""

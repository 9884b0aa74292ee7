"""Versions of agents by digest, with aliases and lineage."""

"""Figures of merit that only evaluation needs."""

"""Figures of merit: functions of numpy arrays, one concern per file; no torch, no sklearn."""

"""The words and numbers that programs use for the level of a message, as six names."""

from __future__ import annotations

TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL = "trace", "debug", "info", "warning", "error", "critical"

_WORDS = {
    TRACE: "trace trce trc verbose vrb finest finer",
    DEBUG: "debug dbug dbg fine config",
    INFO: "info inf information notice log",
    WARNING: "warn wrn warning",
    ERROR: "error err fail severe",
    CRITICAL: "critical crit fatal ftl alert emerg emergency panic",
}
NAMES = {word: name for name, words in _WORDS.items() for word in words.split()}
"""The name of a level by any of its words in lower case."""

LETTERS = {
    "T": TRACE,
    "V": TRACE,
    "D": DEBUG,
    "I": INFO,
    "W": WARNING,
    "E": ERROR,
    "F": CRITICAL,
    "A": CRITICAL,
}
"""The same by the letter that Android, klog and MongoDB write."""

SERIOUS = frozenset({WARNING, ERROR, CRITICAL})
"""Levels of a message that a stack trace belongs to."""

_SYSLOG = (CRITICAL, CRITICAL, CRITICAL, ERROR, WARNING, INFO, INFO, DEBUG)
_TENS = (TRACE, TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL)


def level_of(value: object) -> str:
    """The name of a level given as a word, a letter, a syslog severity or pino's and bunyan's tens."""
    if isinstance(value, str):
        word = value.strip()
        if word.isdigit():
            return level_of(int(word[:3]))
        lower = word.lower()
        return NAMES.get(lower) or LETTERS.get(word) or (lower if lower.isalpha() and len(lower) < 16 else "")
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return _SYSLOG[value] if value < 8 else _TENS[min(value // 10, 6)]
    return ""


def severity(priority: str | None) -> str:
    """The level in the priority of a syslog message, which holds facility * 8 + severity."""
    return _SYSLOG[int(priority) % 8] if priority else ""

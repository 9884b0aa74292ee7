"""Classes of real repairs, in the words of a reviewer.

Which classes there are and how common follows what 49,000 real repairs of functions did; the finer classes of
the set `real_fixes` are joined where a reviewer would say the same.
"""

from __future__ import annotations

CLASSES = {
    "guard": "a missing check",
    "condition": "a wrong condition",
    "argument": "a wrong argument",
    "call": "another call",
    "conversion": "a missing conversion",
    "default": "a missing default",
    "exception": "an exception not handled",
    "index": "a wrong index or key",
    "reference": "another variable or attribute",
    "missing": "a missing statement",
    "statement": "a statement rewritten",
    "value": "a wrong value",
}
"""What a repair of each class mends, or brings."""

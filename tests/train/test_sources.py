"""What declarations name as strings is found, and what is not there is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from octad import catalog
from octad.agents.agent import Agent
from octad.errors import DeclarationError, InputError
from octad.heads.binary import Binary
from octad_train.losses import binary
from octad_train.sources import loss_of, resolve, source
from tests.contract.agents.commit_kind import agent

AGENTS = [catalog.load(entry.name) for entry in catalog.entries()]


def given(agent: Agent[Any, Any], *asked: Any) -> tuple[Any, ...]:
    return (agent.name, *asked)


def test_a_name_is_a_module_and_a_function() -> None:
    assert resolve("octad_train.losses.binary:loss") is binary.loss


@pytest.mark.parametrize(
    "name",
    ["octad_train.losses.no_such:loss", "octad_train.losses.binary:no_such", "octad_train.losses.binary"],
)
def test_a_name_of_nothing_is_an_error(name: str) -> None:
    with pytest.raises(DeclarationError, match=f"'{name}' names no function"):
        resolve(name)


def test_a_source_is_given_its_agent() -> None:
    own = replace(agent, sources={"train": f"{__name__}:given"})
    assert source(own, "train")("folder", 3) == ("commit-kind", "folder", 3)


@pytest.mark.parametrize(("kind", "hint"), [("repository", "--data"), ("real", "in its declaration")])
def test_a_source_that_is_not_declared_is_said(kind: str, hint: str) -> None:
    with pytest.raises(InputError, match=f"commit-kind has no source of {kind} cases") as missing:
        source(agent, kind)
    assert hint in missing.value.hint


def test_a_head_names_a_loss_of_the_laboratory_or_one_of_its_own() -> None:
    head = Binary()
    assert loss_of(head) is binary.loss
    head.loss = f"{__name__}:given"
    assert loss_of(head)(agent) == ("commit-kind",)
    head.loss = "no_such"
    with pytest.raises(DeclarationError, match=r"octad_train\.losses\.no_such:loss"):
        loss_of(head)


@pytest.mark.parametrize("declared", AGENTS, ids=lambda one: one.name)
def test_whatever_an_agent_declares_is_there(declared: Agent[Any, Any]) -> None:
    assert all(callable(resolve(name)) for name in declared.sources.values())
    assert all(callable(loss_of(head)) for head in declared.heads.values())

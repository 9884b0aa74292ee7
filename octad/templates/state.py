"""The state of a miner as JSON, both ways: to keep one between runs, or to bring shards together."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationError, model_validator

from octad.errors import UnreadableInput
from octad.records.base import Record
from octad.templates.miner import Miner
from octad.templates.shapes import LAST, Group, Key, Shapes
from octad.templates.tally import FEW, Place, Tally


class TallyState(Record):
    """A tally of one shape."""

    shape: tuple[str, ...]
    counts: tuple[tuple[int, int], ...]
    untimed: int = Field(ge=0)
    last: float | None
    places: tuple[Place, ...] = Field(min_length=1, max_length=FEW)


class GroupState(Record):
    """The tallies of a group."""

    key: Key
    united: bool
    tallies: tuple[TallyState, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> GroupState:
        if any(len(tally.shape) != self.key.length for tally in self.tallies):
            raise ValueError("shapes of another length than their group")
        if self.united and len(self.tallies) > 1:
            raise ValueError("several shapes in a united group")
        return self


class MinerState(Record):
    """All that a miner remembers."""

    format: Literal["octad-miner-1"] = "octad-miner-1"
    capacity: int = Field(ge=1)
    step: int = Field(ge=0, le=LAST)
    lines: int = Field(ge=0)
    span: tuple[int, int] | None
    groups: tuple[GroupState, ...]


def dump(miner: Miner) -> str:
    """The state as JSON; equal for equal lines."""
    shapes = miner.shapes
    state = MinerState(
        capacity=shapes.capacity,
        step=shapes.step,
        lines=miner.lines,
        span=miner.span,
        groups=tuple(_group_state(key, shapes.groups[key]) for key in sorted(shapes.groups)),
    )
    return state.model_dump_json()


def load(text: str) -> Miner:
    """The miner of a state."""
    try:
        state = MinerState.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or "the top"
        raise UnreadableInput(
            f"state of a log miner: {problem['msg']} at {where}", hint="mine the logs again"
        ) from error
    miner = Miner(state.capacity)
    groups = {each.key: _group(each) for each in state.groups}
    miner.restore(state.lines, state.span, Shapes.of(state.capacity, state.step, groups))
    return miner


def _group_state(key: Key, group: Group) -> GroupState:
    tallies = tuple(
        TallyState(
            shape=shape,
            counts=tuple(sorted(tally.counts.items())),
            untimed=tally.untimed,
            last=tally.last,
            places=tuple(tally.places),
        )
        for shape, tally in sorted(group.shapes.items(), key=lambda pair: pair[0])
    )
    return GroupState(key=key, united=group.united, tallies=tallies)


def _group(state: GroupState) -> Group:
    group = Group()
    group.united = state.united
    for each in state.tallies:
        tally = group.shapes[each.shape] = Tally()
        tally.counts = dict(each.counts)
        tally.untimed = each.untimed
        tally.last = each.last
        for place in each.places:
            tally.keep(place)
    return group

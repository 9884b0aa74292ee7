"""From shapes to templates: which tokens of a set of shapes are constants, and which are values."""

from __future__ import annotations

from collections.abc import Mapping

from octad.templates.masks import Shape


def cluster(shapes: Mapping[Shape, int]) -> dict[Shape, Shape]:
    """The template of every shape, given how many lines each has."""
    return {shape: shape for shape in shapes}

"""Everything after the backbone: heads over fused states, and what extensions read and correct."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import torch
from torch import Tensor, nn

from octad.nn.core import GATES, Core
from octad.nn.extension import ExtensionNetwork
from octad.nn.fusion import Bottleneck, ItemEmbedding, OneStream, StreamFusion
from octad.nn.readout import BesideSummary, EveryItem, Summary

WIDTH, D, STREAMS, RELATIONS = 6, 16, 3, 2


class Doubled(ExtensionNetwork):
    """Gives its head twice the states of the first two dimensions, and raises the output of another."""

    heads = ("each",)
    size = 2
    ragged = frozenset({"more"})

    def states(self, states: Tensor, inputs: Mapping[str, Tensor]) -> Tensor:
        return 2 * states[..., :2]

    def corrected(
        self, head: str, output: tuple[Tensor, ...], inputs: Mapping[str, Tensor]
    ) -> tuple[Tensor, ...]:
        return (output[0] + inputs["more"].sum(),) if head == "one" else output

    def example(self, rows: int, width: int) -> dict[str, Tensor]:
        return {"more": torch.ones(2 * rows, width)}


def fused(heads: Mapping[str, nn.Module], extensions: Mapping[str, ExtensionNetwork] | None = None) -> Core:
    torch.manual_seed(0)
    owns = torch.tensor([[0, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=torch.bool)
    mixer = Bottleneck(D, 2, (1, 1), STREAMS, RELATIONS, 0.1)
    fusion = StreamFusion(ItemEmbedding(WIDTH, owns, (STREAMS, 2), D), mixer)
    return Core(fusion, heads, extensions or {}, (3, RELATIONS)).eval()


def plain(
    extensions: Mapping[str, ExtensionNetwork] | None = None, heads: Mapping[str, nn.Module] | None = None
) -> Core:
    torch.manual_seed(0)
    heads = heads or {"one": Summary(WIDTH, 1), "each": BesideSummary(WIDTH)}
    return Core(OneStream(), heads, extensions or {}, (0, 1)).eval()


SEEN = torch.ones(2, 5, dtype=torch.bool)


def test_heads_read_fused_states_and_gates_are_an_output_of_their_own() -> None:
    made = fused({"one": Summary(D, 1), "each": BesideSummary(D)})
    outputs = made(**made.example(2, 5, WIDTH))
    assert list(outputs) == ["one", "each", GATES]
    assert [outputs[name][0].shape for name in outputs] == [(2, 1), (2, 5), (2, STREAMS)]


def test_one_stream_has_no_gates_and_reads_vectors_and_mask_alone() -> None:
    made = plain()
    example = made.example(2, 5, WIDTH)
    assert list(example) == ["vectors", "mask"]
    outputs = made(**example)
    assert list(outputs) == ["one", "each"]
    torch.testing.assert_close(outputs["one"][0], made.heads["one"](example["vectors"])[0])


def test_an_extension_gives_its_heads_other_states_and_corrects_outputs() -> None:
    heads = {"one": Summary(WIDTH, 1), "each": EveryItem(2, 1)}
    made, vectors = plain({"doubled": Doubled()}, heads), torch.randn(2, 5, WIDTH)
    outputs = made(vectors=vectors, mask=SEEN, more=torch.ones(4))
    torch.testing.assert_close(outputs["each"][0], heads["each"](2 * vectors[..., :2])[0])
    torch.testing.assert_close(outputs["one"][0], heads["one"](vectors)[0] + 4)


def test_an_extension_that_overrides_nothing_changes_nothing() -> None:
    vectors = torch.randn(2, 5, WIDTH)
    made, other = plain(), plain({"idle": ExtensionNetwork()})
    for name, outputs in made(vectors=vectors, mask=SEEN).items():
        assert torch.equal(outputs[0], other(vectors=vectors, mask=SEEN)[name][0])
    assert not other.ragged


def test_an_example_has_what_extensions_read() -> None:
    made = plain({"doubled": Doubled()}, {"one": Summary(WIDTH, 1), "each": EveryItem(2, 1)})
    example = made.example(3, 5, WIDTH)
    assert made.ragged == {"more"} and example["more"].shape == (6, WIDTH)
    assert made(**example)["one"][0].isfinite().all()


@pytest.mark.parametrize("training", [False, True])
def test_gradients_reach_every_parameter(training: bool) -> None:
    made = fused({"one": Summary(D, 1), "each": BesideSummary(D)}).train(training)
    example = made.example(3, 12, WIDTH)
    example["features"][..., 0] = torch.arange(12) % STREAMS
    example["features"][..., 1] = torch.arange(12) // STREAMS % 2
    example["indicator"][:, :, 2, 5] = example["indicator"][:, :, 4, 7] = 1
    example["indicator"] = example["indicator"].float()
    outputs = made(**example)
    sum(outputs[name][0].square().sum() for name in made.heads).backward()
    unreached = [n for n, p in made.named_parameters() if p.grad is None or not p.grad.any()]
    assert unreached == []


def test_priming_reaches_the_numbers_of_items() -> None:
    made = fused({"one": Summary(D, 1)})
    example = made.example(2, 6, WIDTH)
    example["features"][..., 0] = 1
    made.standardise([example])
    assert made.fusion.embedding.centre[:2].any()
    plain().standardise([example])

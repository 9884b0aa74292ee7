"""What a use finds equals every pair computed by itself; nothing is found where there is no use."""

from __future__ import annotations

import torch

from octad.nn.definition_use import DefinitionUseNetwork, Layout

LAYOUT = Layout(near=3, far=4, columns=(5, 4, 6), sorts=2)


def made(seed: int = 0) -> tuple[DefinitionUseNetwork, dict[str, torch.Tensor]]:
    torch.manual_seed(seed)
    model = DefinitionUseNetwork((12, 8), LAYOUT, 16, ["uses"]).double().eval()
    features = torch.stack([torch.randint(0, n, (5, 7)) for n in LAYOUT.columns], -1).to(torch.uint8)
    features[:, 0, 0] = 1
    return model, {
        "states": torch.randn(3, 9, 12, dtype=torch.float64),
        "far": torch.randn(5, 4, 8, dtype=torch.float64),
        "uses": torch.tensor([[0, 2, 1], [0, 5, 0], [2, 1, 1], [2, 8, 0], [2, 3, 1]]),
        "near": torch.randint(0, 9, (5, 3)),
        "features": features,
    }


def plainly(model: DefinitionUseNetwork, given: dict[str, torch.Tensor], use: int) -> torch.Tensor:
    """One pair by itself, of the items that are there alone, layer by layer."""
    row, _, sort = given["uses"][use].tolist()
    features = given["features"][use]
    kept = features[:, 0] > 0
    near = model.near(model.norms[0](given["states"][row][given["near"][use]]))
    far = model.far(model.norms[1](given["far"][use]))
    items = (torch.cat([near, far]) + model.features(features) + model.sorts.weight[sort])[kept]
    for layer in model.layers:
        L, D = items.shape
        q, k, v = layer.project(layer.before(items)).reshape(L, 3, layer.heads, -1).permute(1, 2, 0, 3)
        weights = (q @ k.transpose(-1, -2) * (D // layer.heads) ** -0.5).softmax(-1)
        items = items + layer.out((weights @ v).transpose(0, 1).reshape(L, D))
        items = items + layer.narrow(torch.nn.functional.gelu(layer.wide(layer.between(items))))
    return model.last(items[0])


def test_equals_every_pair_by_itself() -> None:
    model, given = made()
    found = model(**given)
    for use, (row, item, _) in enumerate(given["uses"].tolist()):
        torch.testing.assert_close(found[row, item], plainly(model, given, use), rtol=1e-9, atol=1e-11)
    found[given["uses"][:, 0], given["uses"][:, 1]] = 0
    assert not found.any()


def test_a_pair_without_a_use_gives_zeros() -> None:
    model, given = made()
    given["features"][1, 0, 0] = 0
    row, item, _ = given["uses"][1].tolist()
    assert not model(**given)[row, item].any()


def test_gradients_are_those_of_the_plain_sum() -> None:
    model, given = made(1)
    given["states"].requires_grad_(True)
    leaves = [given["states"], *model.parameters()]
    one = torch.autograd.grad(model(**given).sin().sum(), leaves)
    other = torch.autograd.grad(sum(plainly(model, given, use).sin().sum() for use in range(5)), leaves)
    for found, wanted in zip(one, other, strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-8, atol=1e-10)


def test_states_are_made_of_the_arrays_of_the_extension() -> None:
    model, given = made()
    inputs = {**given, "pairs": given["features"], "vectors": torch.zeros(0)}
    assert torch.equal(model.states(given["states"], inputs), model(**given))
    assert model.heads == ("uses",) and model.size == 16


def test_an_example_fits() -> None:
    model, _ = made()
    example = model.float().example(3, 8)
    assert set(example) == model.ragged and len(example["uses"]) == 6
    found = model.states(torch.randn(3, 4, 12), example)
    assert found.shape == (3, 4, 16) and found[:, :2].abs().sum(-1).all() and not found[:, 2:].any()

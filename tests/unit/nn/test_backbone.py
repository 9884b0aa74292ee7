"""Any `AutoModel` works, and the relation bias reaches every layer of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig

from octad.errors import ArtefactError
from octad.nn.backbone import ATTENTION, PLAIN, Pretrained, pretrained
from tests import families, tiny

WEIGHTS = "model.safetensors"


@pytest.fixture(params=families.FAMILIES, scope="module")
def backbone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pretrained:
    folder: Path = tmp_path_factory.mktemp(request.param)
    return families.backbone(request.param, folder)


def inputs(rows: int = 2, items: int = 9) -> tuple[torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    """Random vectors, a mask whose last two items of row 1 are absent, and a zero bias per layer."""
    torch.manual_seed(1)
    mask = torch.ones(rows, items, dtype=torch.bool)
    mask[1, -2:] = False
    bias = [torch.zeros(rows, 2, items, items) for _ in range(2)]
    return torch.randn(rows, items, 16), mask, bias


def test_zero_bias_is_no_bias(backbone: Pretrained) -> None:
    vectors, mask, bias = inputs()
    backbone.eval()
    torch.testing.assert_close(backbone(vectors, mask, bias)[mask], backbone(vectors, mask, [])[mask])


@pytest.mark.parametrize("training", [False, True])
def test_bias_of_every_layer_counts_and_learns(backbone: Pretrained, training: bool) -> None:
    vectors, mask, bias = inputs()
    backbone.train(training)
    for layer in bias:
        layer.normal_().requires_grad_()
    backbone(vectors, mask, bias)[mask].square().sum().backward()
    for layer in bias:
        assert layer.grad is not None
        assert layer.grad.abs().sum() > 0
    backbone.zero_grad()


def test_masked_items_change_nothing(backbone: Pretrained) -> None:
    vectors, mask, bias = inputs()
    backbone.eval()
    changed = vectors.clone()
    changed[1, -2:] = torch.randn(2, 16)
    torch.testing.assert_close(backbone(changed, mask, bias)[mask], backbone(vectors, mask, bias)[mask])


@pytest.mark.parametrize("training", [False, True])
def test_fast_equals_plain(backbone: Pretrained, training: bool) -> None:
    vectors, mask, bias = inputs()
    backbone.train(training)
    families.without_dropout(backbone)
    states, gradients = [], []
    for name in (PLAIN, ATTENTION):
        backbone.attention(name)
        leaves = [layer.clone().requires_grad_() for layer in bias]
        for index, leaf in enumerate(leaves):
            leaf.data.copy_(torch.linspace(-1, 1, leaf.numel()).view_as(leaf) * (index + 1))
        output = backbone(vectors, mask, leaves)[mask]
        gradients.append(torch.autograd.grad(output.square().sum(), leaves))
        states.append(output)
    torch.testing.assert_close(*states)
    for plain, fast in zip(*gradients, strict=True):
        torch.testing.assert_close(plain, fast, atol=1e-4, rtol=1e-3)


def test_the_first_item_sees_the_last(backbone: Pretrained) -> None:
    vectors, mask, bias = inputs()
    backbone.eval()
    changed = vectors.clone()
    changed[0, -1] = torch.randn(16)
    assert not torch.allclose(backbone(changed, mask, bias)[0, 0], backbone(vectors, mask, bias)[0, 0])


def test_checkpointing_keeps_gradients(backbone: Pretrained) -> None:
    vectors, mask, bias = inputs()
    backbone.train()
    families.without_dropout(backbone)
    gradients = []
    for enabled in (False, True):
        leaf = vectors.clone().requires_grad_()
        backbone.recompute(enabled)
        backbone(leaf, mask, bias)[mask].square().sum().backward()
        gradients.append(leaf.grad)
    backbone.recompute(False)
    torch.testing.assert_close(*gradients)


def test_table_leaves_the_module(backbone: Pretrained) -> None:
    assert backbone.table().shape == (50, 16)
    assert backbone.model.get_input_embeddings().weight.shape[0] == 1


def test_from_scratch_is_the_shape_with_random_weights(tmp_path: Path) -> None:
    loaded, again = (pretrained(tiny.backbone(tmp_path)) for _ in range(2))
    scratch = pretrained(tmp_path, scratch=True)
    for (name, one), same, other in zip(
        loaded.named_parameters(), again.parameters(), scratch.parameters(), strict=True
    ):
        assert torch.equal(one, same) and one.shape == other.shape
        assert not name.endswith("query.weight") or not torch.equal(one, other)
    assert (scratch.width, scratch.layers, scratch.heads) == (loaded.width, loaded.layers, loaded.heads)


def test_nothing_drops_out_inside_attention_and_there_is_no_pooler(tmp_path: Path) -> None:
    """Dropout there sends attention down a path that is three times slower."""
    config = BertConfig.from_pretrained(tiny.backbone(tmp_path))
    config.attention_probs_dropout_prob = 0.1
    config.save_pretrained(tmp_path)
    made = pretrained(tmp_path)
    assert made.model.config.attention_probs_dropout_prob == 0.0 and made.model.pooler is None


def config(folder: Path, **entries: object) -> None:
    """Add entries to the configuration of a checkpoint."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


def not_a_number(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    tensors[min(tensors)] = tensors[min(tensors)] * float("nan")
    save_file(tensors, folder / WEIGHTS, {"format": "pt"})


def pickled(name: str) -> Callable[[Path], None]:
    """The weights as a pickle alone."""

    def edit(folder: Path) -> None:
        torch.save(load_file(folder / WEIGHTS), folder / name)
        (folder / WEIGHTS).unlink()

    return edit


FOREIGN = {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}
ATTACKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a pickle": (pickled("pytorch_model.bin"), "holds pytorch_model.bin, which may run code"),
    "a pickle of another name": (pickled("model.pt"), "holds model.pt, which may run code"),
    "no weights": (lambda f: (f / WEIGHTS).unlink(), "holds no weights; only safetensors are read"),
    "code of its own": (lambda f: config(f, auto_map=FOREIGN), "names code of its own .auto_map."),
    "attention from elsewhere": (lambda f: config(f, attn_implementation="a/b"), "names code of its own"),
    "a quantiser": (lambda f: config(f, quantization_config={"x": 1}), "names code of its own .quanti"),
    "an adapter": (lambda f: (f / "adapter_config.json").write_text("{}"), "holds an adapter"),
    "no configuration": (lambda f: (f / "config.json").unlink(), "config.json' cannot|config.json cannot"),
    "brackets": (lambda f: (f / "config.json").write_text("[" * 100_000), "config.json cannot be read"),
    "a list": (lambda f: (f / "config.json").write_text("[]"), "config.json is no object"),
    "a long configuration": (lambda f: (f / "config.json").write_text(" " * (2 << 20)), "cannot be read"),
    "a kind that is none": (lambda f: config(f, model_type="evil"), "cannot be loaded: "),
    "a width that is none": (lambda f: config(f, hidden_size="x"), "cannot be loaded: "),
    "rubbish": (lambda f: (f / WEIGHTS).write_bytes(b"x" * 99), "is no safetensors file"),
    "a header of 50 MB": (
        lambda f: (f / WEIGHTS).write_bytes((50 << 20).to_bytes(8, "little") + b" " * (50 << 20)),
        "has a header of 52,428,800 bytes",
    ),
    "what is no number": (not_a_number, "hold what is no number in "),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_checkpoint_that_is_more_than_data_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody is asked: standard input is closed, and what would read it fails the test."""
    monkeypatch.setattr("builtins.input", lambda *asked: pytest.fail("it asks on the terminal"))
    edit, line = ATTACKS[name]
    folder = tiny.backbone(tmp_path / "checkpoint")
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    edit(folder)
    with pytest.raises(ArtefactError, match=line):
        pretrained(folder)
    assert not (tmp_path / "ran").exists()


def test_a_name_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="is no folder of a checkpoint"):
        pretrained(Path("bert-base-uncased"))


def test_a_checkpoint_kept_as_links_is_read(tmp_path: Path) -> None:
    folder = tiny.backbone(tmp_path / "blobs")
    (tmp_path / "linked").mkdir()
    for path in folder.iterdir():
        (tmp_path / "linked" / path.name).symlink_to(path)
    assert pretrained(tmp_path / "linked").width == tiny.WIDTH

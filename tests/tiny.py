"""A tiny random checkpoint with a tokenizer of its own: a backbone for tests that need no download."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import BertConfig, BertModel

from octad.agents.agent import Agent
from octad.encoders.word_pieces import WordPieces
from octad.model import Model
from octad.nn.fusion import ItemEmbedding
from octad.nn.relations import RelationBias
from octad.runtime import Runner
from octad_train.train.assemble import make_model, runner_of
from octad_train.train.settings import Settings

WIDTH = 32
WORDS = ("def", "return", "if", "for", "in", "not", "is", "none", "self", "first", "second", "left", "right")


def tokenizer() -> Tokenizer:
    """Word pieces of single characters, and a few whole words."""
    characters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *characters, *(f"##{c}" for c in characters), *WORDS]
    made = Tokenizer(models.WordPiece({name: i for i, name in enumerate(names)}, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def backbone(folder: Path, *, spread: float = 0.2) -> Path:
    """Write a two-layer encoder with random weights and its tokenizer into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    words = tokenizer()
    words.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=words.get_vocab_size(), hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=512, initializer_range=spread,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder


def settings(folder: Path, /, **changes: Any) -> Settings:
    """A run in `folder / "run"` over the backbone in `folder / "backbone"`, which is made where it is not."""
    checkpoint = folder / "backbone"
    if not checkpoint.is_dir():
        backbone(checkpoint)
    chosen: dict[str, Any] = {
        "examples": 64,
        "folder": folder / "run",
        "backbone": str(checkpoint),
        "workers": 0,
    }
    return Settings(**chosen | changes)


def model(agent: Agent[Any, Any], folder: Path, /, **changes: Any) -> Model:
    """The agent's model over the tiny backbone, in evaluation."""
    return make_model(agent, settings(folder, **changes)).eval()


def runner(agent: Agent[Any, Any], folder: Path, *, started: bool = False) -> Runner[Any, Any]:
    """A runner of random weights in torch; relations and texts, which begin at zero, count if `started`."""
    made = model(agent, folder)
    torch.manual_seed(1)
    for module in made.modules() if started else ():
        if isinstance(module, RelationBias):
            module.weight.detach().normal_(std=0.02)
        if isinstance(module, ItemEmbedding):
            module.texts.weight.detach().normal_(std=0.1)
    return runner_of(agent, made, WordPieces(folder / "backbone"))

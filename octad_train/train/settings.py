"""How long, how fast and with what an agent is trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from octad.syntax.relations import FAMILIES

Adaptation = Literal["", "full", "upper", "lora", "heads", "frozen"]
EncoderName = Literal["pretrained", "scratch", "recurrent", "convolutional"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one training run.

    `examples` counts cases read, `budget` the padded items of a batch, `pool` how many cases a worker sorts
    by length before it cuts batches. The learning rate rises over `warmup` (a share of `examples`) and falls
    linearly to zero. `backbone` is the folder of a checkpoint, `adaptation` says what of it is trained, as
    the agent declares it where empty; `upper` is the upper half of its layers. `tasks` names the heads to
    train and `relations` the families of relations that attention is given, all by default. `candidates` is
    from how many each case is selected, the one that the model finds hardest; 1: no selector.
    """

    examples: int
    folder: Path
    budget: int = 8_192
    pool: int = 512
    candidates: int = 1
    rate: float = 2e-4
    warmup: float = 0.02
    decay: float = 0.01
    clip: float = 1.0
    seed: int = 0
    workers: int = 1
    adaptation: Adaptation = ""
    encoder: EncoderName = "pretrained"
    backbone: str = "embedded"
    relations: tuple[str, ...] = tuple(FAMILIES)
    tasks: tuple[str, ...] = ()
    checkpointing: bool = False
    validate_every: int = 50_000
    patience: int = 10
    save_minutes: float = 2.0
    stop_minutes: float = 1e9

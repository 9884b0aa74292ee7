"""One training loop for every agent."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from octad.model import Model
from octad_train.train.checkpoint import STATE, restore, save
from octad_train.train.objective import Objective
from octad_train.train.settings import Settings
from octad_train.train.stream import Batch

Validate = Callable[[Model], dict[str, float]]
Report = Callable[["Progress", int], None]


@dataclass(slots=True)
class Progress:
    """Where a run stands; what is stored beside the weights."""

    examples: int = 0
    batches: int = 0
    best: float = float("-inf")
    waited: int = 0
    validated: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


def fit(
    objective: Objective,
    batches: Iterator[Batch],
    settings: Settings,
    *,
    validate: Validate,
    report: Report = lambda progress, size: None,
) -> Progress:
    """Train until the examples are read, patience or time has run out; resumes a stored state.

    A resumed run that reads the batches where it stopped ends with the same weights as one that never
    stopped, as long as nothing is dropped at random.
    """
    device = next(objective.parameters()).device
    optimiser = make_optimiser(objective, settings)
    progress = Progress()
    if (settings.folder / STATE).is_file():
        progress = Progress(**restore(settings.folder, objective, optimiser))
    started = saved = time.monotonic()
    objective.train()
    running: dict[str, Tensor] = {}
    for batch in batches:
        for group in optimiser.param_groups:
            group["lr"] = settings.rate * schedule(progress.examples / settings.examples, settings.warmup)
        losses = step(objective, batch.to(device), optimiser, settings.clip)
        running = {k: running.get(k, v) * 0.98 + v * 0.02 for k, v in losses.items()}
        progress.examples += batch.size
        progress.batches += 1
        report(progress, batch.size)
        finished = progress.examples >= settings.examples
        if finished or progress.examples - progress.validated >= settings.validate_every:
            record(objective, progress, validate, running, settings)
        now = time.monotonic()
        late = (now - started) / 60 >= settings.stop_minutes
        if finished or late or (now - saved) / 60 >= settings.save_minutes:
            save(settings.folder, objective, optimiser, asdict(progress))
            saved = now
        if finished or late or progress.waited > settings.patience:
            break
    return progress


def step(
    objective: Objective, batch: Batch, optimiser: torch.optim.Optimizer, clip: float
) -> dict[str, Tensor]:
    """One update in bfloat16 where the machine has it; returns each head's loss."""
    device = batch.items["mask"].device
    with half(device):
        loss: Tensor
        losses: dict[str, Tensor]
        loss, losses = objective(batch)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(objective.parameters(), clip)
    optimiser.step()
    return losses


def half(device: torch.device) -> AbstractContextManager[Any]:
    """Automatic bfloat16: on GPUs, and on CPUs that multiply it in hardware.

    On others it is a hundred times slower than single precision (measured on an AMD EPYC with AVX2).
    """
    if device.type == "cuda" or torch.cpu.get_capabilities().get("avx512_bf16", False):
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return nullcontext()


def make_optimiser(objective: nn.Module, settings: Settings) -> torch.optim.Optimizer:
    """AdamW; vectors and biases do not decay."""
    parameters = [p for p in objective.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": settings.decay},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.rate, betas=(0.9, 0.98), fused=True)


def schedule(done: float, warmup: float) -> float:
    """Share of the full rate when `done` of the examples are read: up, then linearly to zero."""
    if done < warmup:
        return max(done / warmup, 0.01)
    return max((1 - done) / (1 - warmup), 0.0)


def record(
    objective: Objective,
    progress: Progress,
    validate: Validate,
    running: dict[str, Tensor],
    settings: Settings,
) -> None:
    """Validate, append to the history and to `log.jsonl`, and count the waiting for a better one."""
    objective.eval()
    with torch.inference_mode():
        figures = validate(objective.model)
    objective.train()
    row = {
        "examples": float(progress.examples),
        **{f"loss/{k}": float(v) for k, v in running.items()},
        **figures,
    }
    progress.history.append(row)
    progress.validated = progress.examples
    settings.folder.mkdir(parents=True, exist_ok=True)
    with (settings.folder / "log.jsonl").open("a") as log:
        log.write(json.dumps(row) + "\n")
    primary = figures[objective.agent.primary]
    progress.waited = 0 if primary > progress.best else progress.waited + 1
    progress.best = max(progress.best, primary)

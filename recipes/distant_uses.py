"""How the head `uses` of code-reviewer was made, and how to make it again: uses that fit what they use.

    python -m octad_train.data.code.definition_use_pairs WHEELS .data/distant
    python recipes/distant_uses.py WHEELS --data .data/distant --out runs/uses

Only this head and what it reads are trained, over the weights of a finished code-reviewer. None of these
change, and what they make of a unit is computed once, before training begins.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from code_reviewer import thresholds
from torch import Tensor, nn
from torch.nn import functional as F

from octad.agents.code_reviewer import Case, Label, agent
from octad.encoders.batch import cut
from octad.encoders.code import tokens_of
from octad.extensions.definition_use import of_unit
from octad.golden import golden
from octad.heads.consistency import UseLabel
from octad.model import Model, item_tensors
from octad.records.code import Code
from octad.review.pipeline import cases_of
from octad.runtime import Runner
from octad.store.artefact import Manifest, digest, load, seal, shipped
from octad.syntax.definitions import Definitions
from octad.syntax.units import units
from octad_train.data.code import definition_use_pairs as distant
from octad_train.data.code.archives import archives
from octad_train.data.code.cases import labelled
from octad_train.data.code.corpus import pins
from octad_train.data.code.definition_use_pairs import Distant
from octad_train.train.assemble import make_model, make_pieces, runner_of
from octad_train.train.finish import start_from, store
from octad_train.train.loop import half, schedule
from octad_train.train.settings import Settings

SHARES = {"signature": 0.3, "field": 0.1, "constant": 0.1, "released": 0.5}
"""How often each kind is shown: constants are rare."""
STEPS, ROWS, RATE, WARMUP, DECAY = 4_000, 48, 1e-3, 0.025, 0.05
KEPT = 3
"""Uses of a unit beside those that are asked for that one step reads."""
ASKED = 2.0
"""What a use that is asked for counts beside the others."""
MORE, MORE_OF_ONE = 12, 6
"""Files of each train package, and units of each, that are shown as they are beside the rows of the set."""
JUDGED = 1_000
"""Rows of valid packages that the temperature is fitted on."""
RELEASED = 6_000
"""Units of valid packages that thresholds are chosen on."""


class Uses(NamedTuple):
    """The uses of one unit with what the weights below say of the near items."""

    near: Tensor
    far: Tensor
    sorts: Tensor
    features: Tensor
    wrong: Tensor
    asked: Tensor


def uses_of(model: Model, rows: Sequence[Distant]) -> Iterator[tuple[str, Uses]]:
    """The kind and the uses of every row that has any, computed once."""
    runner = runner_of(agent, model, make_pieces(SETTINGS))
    cases = [labelled(agent, row) for row in rows]
    prepared = [runner.prepare(case) for case, _ in cases]
    for part in cut([len(unit) for unit in prepared], 4_096, 0.1):
        batch = agent.collate([prepared[i] for i in part])
        items = item_tensors(batch)
        with torch.inference_mode(), half(torch.device("cpu")):
            states = torch.from_numpy(runner.states.vectors(batch))
            far = model.pieces(items["far:pieces"].long(), items["far:starts"].long())
        row, _, sort = items["uses"].long().unbind(1)
        near = states[row[:, None], items["near"].long()].bfloat16()
        far = far.reshape(*items["far:shape"].tolist(), -1).bfloat16()
        for place, index in enumerate(part):
            unit, label = prepared[index], cases[index][1].uses
            if not len(of_unit(unit)):
                continue
            offsets = tokens_of(unit).offsets[of_unit(unit).uses[:, 0], 0]
            truth = [torch.from_numpy(np.isin(offsets, list(one))) for one in (label.wrong, label.asked)]
            held = row == place
            yield rows[index].kind, Uses(near[held], far[held], sort[held], items["pairs"][held], *truth)


def thinned(one: Uses, rng: np.random.Generator) -> Uses:
    """Those that are asked for, and a few others."""
    kept = one.asked.clone()
    kept[torch.from_numpy(rng.permutation(len(kept))[:KEPT])] = True
    return Uses(*(part[kept] for part in one))


def loss(model: Model, batch: Sequence[Uses]) -> Tensor:
    """Cross-entropy over all uses of a batch: one long row, in which every use has near items of its own."""
    core: Any = model.core
    near, far, sorts, features, wrong, asked = (torch.cat(parts) for parts in zip(*batch, strict=True))
    T, K = near.shape[:2]
    item = torch.arange(T) * K
    uses = torch.stack([torch.zeros_like(item), item, sorts], 1)
    states = near.float().reshape(1, T * K, -1)
    network = core.extensions["definition_use"]
    found = network(states, far.float(), uses, torch.arange(T * K).reshape(T, K), features)
    logits = core.heads["uses"](found)[0][0, item, 0].float()
    weight = 1 + (ASKED - 1) * asked.float()
    return F.binary_cross_entropy_with_logits(logits, wrong.float(), weight=weight)


def learn(model: Model, held: dict[str, list[Uses]], steps: int) -> None:
    """Train what is not held still."""
    learned = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=RATE, betas=(0.9, 0.98), weight_decay=DECAY)
    rng, kinds = np.random.default_rng(0), list(SHARES)
    model.core.train()
    for step in range(steps):
        drawn = rng.choice(len(kinds), ROWS, p=list(SHARES.values()))
        batch = [held[kinds[k]][rng.integers(len(held[kinds[k]]))] for k in drawn]
        for group in optimiser.param_groups:
            group["lr"] = RATE * schedule(step / steps, WARMUP)
        with half(torch.device("cpu")):
            found = loss(model, [thinned(one, rng) for one in batch])
        optimiser.zero_grad()
        found.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        if step % 500 == 0:
            print(f"{step:,} steps, loss {found.item():.3f}", flush=True)
    model.core.eval()


def more(wheels: Path) -> list[Distant]:
    """Units of the train packages as they were released, with what they use from their own files."""
    rng, known = np.random.default_rng(1), archives(wheels)
    found: list[Distant] = []
    for pin in sorted((pin.name, pin.version) for pin in pins() if pin.split == "train"):
        sources = [] if pin not in known else [one for one in known[pin].sources() if not one.is_test]
        for index in rng.permutation(len(sources))[:MORE]:
            code = Code(path=sources[index].path, text=sources[index].text)
            definitions, parts = Definitions(code), units(code)
            for place in rng.permutation(len(parts))[:MORE_OF_ONE]:
                context = definitions.of(parts[place])
                if context:
                    found.append(Distant(package=pin[0], kind="released", code=parts[place], context=context))
    return found


def released(wheels: Path, split: str) -> list[tuple[Case, Label]]:
    """Units of the packages of a split, with what they use from all files of the package."""
    rng, known = np.random.default_rng(0), archives(wheels)
    found: list[tuple[Case, Label]] = []
    for pin in sorted((pin.name, pin.version) for pin in pins() if pin.split == split):
        if pin not in known:
            continue
        codes = [Code(path=one.path, text=one.text) for one in known[pin].sources() if not one.is_test]
        cases = cases_of(agent, codes)
        for index in rng.permutation(len(cases))[: RELEASED // 8]:
            found.append((cases[index], Label(uses=UseLabel(frozenset()))))
    return [found[i] for i in rng.permutation(len(found))[:RELEASED]]


def completed(folder: Path, like: Manifest, data: Path) -> None:
    """Give the other heads back what the artefact said of them, and answer the golden case anew."""
    runner: Runner[Any, Any] = Runner.draft(agent, folder)
    made = runner.manifest
    fingerprint = {path.name: digest(path)[:16] for path in sorted(data.glob("*-distant.jsonl.xz"))}
    kept = ("offsets", "thresholds", "diff_thresholds", "rules_without_threshold", "precisions", "real")
    update = {
        **{name: getattr(like, name) for name in (*kept, "real_cases")},
        "temperatures": {**like.temperatures, "uses": made.temperatures["uses"]},
        "metrics": {**like.metrics, **made.metrics},
        "data": {**like.data, **fingerprint},
        "recipe": {**like.recipe, "uses": "recipes/distant_uses.py"},
    }
    runner.manifest = made.model_copy(update=update)
    seal(folder, runner.manifest.model_copy(update={"golden": golden(runner)}))


SETTINGS = Settings(examples=STEPS * ROWS, folder=Path(), tasks=("uses",), adaptation="heads", rate=RATE)


def main() -> None:
    """Compute what does not change, train, store, choose thresholds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--data", type=Path, default=Path(".data/distant"))
    parser.add_argument("--start", type=Path, default=shipped(agent.name))
    parser.add_argument("--out", type=Path, default=Path("runs/uses"))
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    model = make_model(agent, SETTINGS).eval()
    start_from(model, agent, arguments.start)
    held: dict[str, list[Uses]] = {}
    rows = [*distant.read(arguments.data / "train-distant.jsonl.xz"), *more(arguments.wheels)]
    for kind, one in uses_of(model, rows):
        held.setdefault(kind, []).append(one)
    print({kind: len(some) for kind, some in held.items()}, flush=True)
    learn(model, held, arguments.steps)
    valid = [labelled(agent, row) for row in distant.read(arguments.data / "valid-distant.jsonl.xz")][:JUDGED]
    _, like = load(agent.name, arguments.start)
    store(agent, model, valid, SETTINGS, arguments.out, like=like)
    completed(arguments.out, like, arguments.data)
    injected = [(case, label) for case, label in valid if label.uses.wrong]
    thresholds(arguments.out, "uses", [*injected, *released(arguments.wheels, "valid")])


if __name__ == "__main__":
    main()

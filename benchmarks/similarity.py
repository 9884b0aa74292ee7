"""What `octad search` and `octad similar` are worth: tasks solved in five languages, functions renamed.

Run: OCTAD_DATA=<labelled sets> python benchmarks/similarity.py [TABLES] [--light]
TABLES are among clones, robustness, search, time; `--light` leaves out MiniLM, which needs the extra `train`
and takes nearly all of the time (ten minutes, without it one).
Tasks of even number only: maps and weights come from those of odd number. The floors see the same text:
TF-IDF and BM25 over tokens, and all-MiniLM-L6-v2 as it comes, its items averaged, 256 pieces at most. The
text of the task is taken out of every solution's documentation; `hidden` takes the function's name as well.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from octad.encoders.word_pieces import split_identifier
from octad.read.code.intake import Intake
from octad.records.code import Code
from octad.search.bag_of_words import Bags
from octad.search.functions import function_called
from octad.search.index import Entry, Index, combined
from octad.search.open_index import open_finder
from octad.search.similarity import Similarity, unit
from octad.search.words import asked
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import Kind
from octad_train.data.code.solutions import FILES, Solution, solutions
from octad_train.evaluate.tables import machine, table

Floats = NDArray[np.float32]
Scores = dict[str, Floats]
TOKEN = re.compile(r"\w+|[^\w\s]")
LANGUAGES = tuple(FILES)
SHORT = {"python": "py", "java": "java", "cpp": "c++", "javascript": "js", "typescript": "ts"}
VARIABLES = {Kind.NAME, Kind.PARAMETER}
METHODS = ("words alone", "meaning unmapped", "meaning", "structure", "all", "TF-IDF", "MiniLM")


class MiniLM:
    """The sentence encoder as it comes."""

    def __init__(self) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        from octad.nn.backbone import embedded

        torch.set_num_threads(1)
        self.torch = torch
        self.tokenizer = AutoTokenizer.from_pretrained(embedded())
        self.model = AutoModel.from_pretrained(embedded()).eval()
        self.known: dict[str, Floats] = {}

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Vectors of length 1, `[N, 384]`; each text is read once."""
        missing = list(dict.fromkeys(text for text in texts if text not in self.known))
        self.known.update(zip(missing, self.read(missing), strict=True))
        return np.stack([self.known[text] for text in texts])

    def read(self, texts: Sequence[str]) -> Floats:
        """The same, without what was read before."""
        found = np.zeros((len(texts), 384), np.float32)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        for start in range(0, len(order), 16):
            rows = order[start : start + 16]
            batch = self.tokenizer(
                [texts[row] for row in rows],
                padding=True,
                truncation=True,
                max_length=256,
                return_tensors="pt",
            )
            with self.torch.inference_mode():
                states = self.model(**batch).last_hidden_state
            mask = batch["attention_mask"][..., None]
            found[rows] = ((states * mask).sum(1) / mask.sum(1)).numpy()
        return rows_of_one(found) if texts else found


def rows_of_one(rows: Floats) -> Floats:
    """Every row at length 1."""
    return np.stack([unit(row) for row in rows])


def read(known: Sequence[Solution]) -> list[Solution]:
    """Those with a function that a grammar can read; others were cut off in the set."""
    return [one for one in known if function_called(code_of(one), one.name) is not None]


def code_of(one: Solution) -> Code:
    """A solution as a file."""
    return Code(path=str(one.task), text=one.text, language=one.language)


def index_of(known: Sequence[Solution], model: Similarity) -> Index:
    """The index that the verbs would make, a function of each solution."""
    found = [function_called(code_of(one), one.name) for one in known]
    entries = [Entry(one.name, 1, 1, 0, 1, "", str(one.task), one.language) for one in known]
    return Index(entries, [model.profile(one) for one in found if one is not None])


def tfidf(texts: Sequence[str]) -> Floats:
    """The cosine of TF-IDF over tokens, `[N, N]`."""
    bags = Bags([Counter(TOKEN.findall(text)) for text in texts])
    return np.stack([bags.cosines(row) for row in range(len(texts))])


def compared(known: Sequence[Solution], model: Similarity, encoder: MiniLM | None) -> Scores:
    """How alike every two solutions are, by each method, `[N, N]`."""
    index = index_of(known, model)
    parts = [np.stack(part) for part in zip(*(index.parts(row) for row in range(len(index))), strict=True)]
    raw = rows_of_one(np.stack([unmapped(one, model) for one in known]))
    texts = [one.text for one in known]
    found = [parts[0], raw @ raw.T, parts[1], parts[2], combined(*parts), tfidf(texts)]
    if encoder is not None:
        vectors = encoder(texts)
        found.append(vectors @ vectors.T)
    return dict(zip(METHODS, found, strict=False))


def unmapped(one: Solution, model: Similarity) -> Floats:
    """Meaning without the learned map: weighted pieces of all words."""
    return model.raw_meaning(Counter(word.word for word in asked(one.text)))


def ranks(scores: Floats, right: Sequence[int]) -> Floats:
    """The rank of the right column of each row; equal scores share theirs."""
    wanted = scores[np.arange(len(scores)), right][:, None]
    found: Floats = 1 + (scores > wanted).sum(1) + ((scores == wanted).sum(1) - 1) / 2
    return found


def precisions(known: Sequence[Solution], scores: Floats, source: str, target: str) -> float:
    """Mean average precision of the solutions in one language among all in another: one is right."""
    columns = [column for column, one in enumerate(known) if one.language == target]
    place = {known[column].task: at for at, column in enumerate(columns)}
    rows = [row for row, one in enumerate(known) if one.language == source and one.task in place]
    return float((1 / ranks(scores[np.ix_(rows, columns)], [place[known[row].task] for row in rows])).mean())


def clones(shown: Sequence[Solution], hidden: Sequence[Solution], both: Sequence[Scores]) -> None:
    """A row per pair of languages, then the mean, then what each part is worth."""
    pairs = list(permutations(LANGUAGES, 2))
    methods = [m for m in ("all", "TF-IDF", "MiniLM") if m in both[0]]
    means = [
        {m: [precisions(known, scores[m], *pair) for pair in pairs] for m in scores}
        for known, scores in zip((shown, hidden), both, strict=True)
    ]
    rows = [
        (f"{SHORT[a]} → {SHORT[b]}", *(f"{mean[m][at]:.3f}" for mean in means for m in methods))
        for at, (a, b) in enumerate(pairs)
    ]
    rows.append(("mean", *(f"{np.mean(mean[m]):.3f}" for mean in means for m in methods)))
    head = ("languages", *methods, *(f"{m}, hidden" for m in methods))
    show("Clones across languages: mean average precision", head, rows)
    parts = [(m, *(f"{np.mean(mean[m]):.3f}" for mean in means)) for m in both[0]]
    show("What each part is worth: the same, mean of all pairs", ("method", "names shown", "hidden"), parts)


def thresholds(shown: Sequence[Solution], hidden: Sequence[Solution], both: Sequence[Scores]) -> None:
    """A row per least similarity: how many pairs solve one task, and how many of those are found."""
    rows = []
    for least in (0.5, 0.6, 0.7, 0.8, 0.9):
        cells = [f"{least}"]
        for known, scores in zip((shown, hidden), both, strict=True):
            tasks = np.array([one.task for one in known])
            upper = np.triu(np.ones((len(known), len(known)), bool), 1)
            same, found = (tasks[:, None] == tasks) & upper, (scores["all"] >= least) & upper
            hits = (same & found).sum()
            cells += [f"{hits / max(1, found.sum()):.3f}", f"{hits / same.sum():.3f}"]
        rows.append(tuple(cells))
    head = ("least similarity", "precision", "recall", "precision, hidden", "recall, hidden")
    show("All pairs of all languages by --min-score: do they solve one task?", head, rows)


class Rename(ast.NodeTransformer):
    """Arguments and local variables of a function called v0, v1, ..."""

    def __init__(self, function: ast.AST) -> None:
        self.names: dict[str, str] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.arg):
                self.names.setdefault(node.arg, f"v{len(self.names)}")
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.names.setdefault(node.id, f"v{len(self.names)}")

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """An argument."""
        return ast.arg(self.names[node.arg])

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """A variable."""
        return ast.Name(self.names.get(node.id, node.id), node.ctx)


class Dead(ast.NodeTransformer):
    """Two statements without effect at the beginning of a function, and one that is never run."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """A function."""
        dead = "unused = []\nrest = len(unused) + 1\nif rest < 0:\n    raise ValueError(unused)\n"
        node.body = [*ast.parse(dead).body, *node.body]
        return node


def with_tree(change: Callable[[ast.Module], ast.AST]) -> Callable[[Solution], str]:
    """A change of a syntax tree as one of a Python text; layout and comments go with it."""
    return lambda one: ast.unparse(ast.fix_missing_locations(change(ast.parse(one.text))))


def laid_out(one: Solution) -> str:
    """Indents of eight, no blank lines, a comment on every third line; of any language that allows it."""
    lines = [line for line in one.text.split("\n") if line.strip()]
    mark = "#" if one.language == "python" else "//"
    return "\n".join(
        re.sub(r"^[ \t]+", lambda m: m.group().replace("\t", "  ") * 2, line)
        + (f"  {mark} note" if at % 3 == 0 and not line.rstrip().endswith("\\") else "")
        for at, line in enumerate(lines)
    )


def renamed(one: Solution) -> str:
    """Variables called v0, v1, ... by the tokens alone, in any language."""
    tokens = tokenize(code_of(one), 4_000)
    names: dict[str, str] = {}
    text, done, found = one.text, 0, []
    for word, kind, (start, end) in zip(tokens.words, tokens.kind, tokens.offsets.tolist(), strict=True):
        if kind in VARIABLES and word != one.name and len(word) > 0:
            found += [text[done:start], names.setdefault(word, f"v{len(names)}")]
            done = end
    return "".join([*found, text[done:]])


CHANGES: dict[str, tuple[Callable[[Solution], str], bool, bool]] = {
    "variables renamed": (with_tree(lambda tree: Rename(tree).visit(tree)), True, False),
    "variables and function renamed": (with_tree(lambda tree: Rename(tree).visit(tree)), True, True),
    "written anew from the tree": (with_tree(lambda tree: tree), True, False),
    "dead code added": (with_tree(lambda tree: Dead().visit(tree)), True, False),
    "laid out anew, all languages": (laid_out, False, False),
    "variables renamed, all languages": (renamed, False, False),
}


def changed(known: Sequence[Solution], change: Callable[[Solution], str]) -> list[tuple[int, Solution]]:
    """Row and changed solution, those left out that Python cannot parse."""
    found = []
    for row, one in enumerate(known):
        try:
            text = change(one)
        except SyntaxError:
            continue
        found.append((row, Solution(one.language, one.task, text, one.name, one.question)))
    return [(row, one) for row, one in found if function_called(code_of(one), one.name) is not None]


def robustness(
    shown: Sequence[Solution], hidden: Sequence[Solution], model: Similarity, encoder: MiniLM | None
) -> None:
    """A row per change: is the original the first among all, and at which rank on average.

    Asked of every second function in Python, and of every eighth of all.
    """
    rows = []
    for name, (change, only_python, without_names) in CHANGES.items():
        known = [one for one in shown if not only_python or one.language == "python"]
        source = [one for one in hidden if one.language == "python"] if without_names else known
        place = {(one.language, one.task): row for row, one in enumerate(known)}
        every_nth = 4 if only_python else 16
        made = changed([one for one in source if one.task % every_nth == 0], change)
        right = [place[one.language, one.task] for _, one in made]
        every = [*known, *(one for _, one in made)]
        scores = some(every, len(known), model, encoder)
        cells = [f"{(r <= 1).mean():.3f} / {r.mean():.1f}" for r in (ranks(s, right) for s in scores)]
        rows.append((name, f"{len(made):,} of {len(known):,}", *cells))
    show(
        "A changed function among all: the original first / mean rank",
        ("change", "functions", "all", "TF-IDF", "MiniLM")[: None if encoder else -1],
        rows,
    )


def some(every: Sequence[Solution], known: int, model: Similarity, encoder: MiniLM | None) -> list[Floats]:
    """How alike the later solutions are to the first `known`, ours and both floors."""
    index = index_of(every, model)
    texts = [one.text for one in every]
    bags = Bags([Counter(TOKEN.findall(text)) for text in texts])
    later = range(known, len(every))
    found = [
        np.stack([index.alike(row)[:known] for row in later]),
        np.stack([bags.cosines(row)[:known] for row in later]),
    ]
    if encoder is not None:
        vectors = encoder(texts)
        found.append(vectors[known:] @ vectors[:known].T)
    return found


def search(both: Sequence[Sequence[Solution]], model: Similarity, encoder: MiniLM | None) -> None:
    """A row per method: the task in words against the solutions in each language, the mean of five."""
    rows: list[tuple[str, ...]] = []
    cells: dict[str, list[str]] = {name: [] for name in ("all", "BM25", "MiniLM")[: None if encoder else -1]}
    for known in both:
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in cells}
        for language in LANGUAGES:
            mine = [one for one in known if one.language == language]
            index = index_of(mine, model)
            bags = Bags([Counter(plain_words(one.text)) for one in mine])
            asked_of = {
                "all": np.stack([answers(index, model, one.question) for one in mine]),
                "BM25": np.stack([bags.answers(plain_words(one.question)) for one in mine]),
            }
            if encoder is not None:
                asked_of["MiniLM"] = (
                    encoder([one.question for one in mine]) @ encoder([o.text for o in mine]).T
                )
            for name, scores in asked_of.items():
                rank = ranks(scores, list(range(len(mine))))
                found[name].append(
                    (float((1 / rank).mean()), float((rank <= 1).mean()), float((rank <= 5).mean()))
                )
        for name, figures in found.items():
            cells[name] += [f"{value:.3f}" for value in np.mean(figures, axis=0)]
    rows = [(name, *values) for name, values in cells.items()]
    head = ("method", "MRR", "recall@1", "recall@5", "MRR, hidden", "recall@1, hidden", "recall@5, hidden")
    show("A task in words among the solutions in one language, mean of five languages", head, rows)


def answers(index: Index, model: Similarity, question: str) -> Floats:
    """What `octad search` would say."""
    words = list({word.term: word for word in asked(question)}.values())
    return index.answers([w.term for w in words], model.meaning(Counter(w.word for w in words)))


def plain_words(text: str) -> list[str]:
    """Words for the floor: names split, in lower case."""
    return [
        w for name in re.findall(r"\w+", text) for w in re.findall(r"[^\W_]+", split_identifier(name).lower())
    ]


def timed(known: Sequence[Solution], encoder: MiniLM | None) -> None:
    """Seconds of the processor for 1,000 functions: first run, second, after a change, and a question."""
    codes = tuple(code_of(one).model_copy(update={"path": f"{at}"}) for at, one in enumerate(known[:1_000]))
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "functions.safetensors"
        rows: list[tuple[str, ...]] = []
        touched = codes[0].model_copy(update={"text": codes[0].text.replace("return", "pass; return", 1)})
        for name, read_ in (
            ("first run", codes),
            ("second run", codes),
            ("one line changed", (touched, *codes[1:])),
        ):
            start = time.process_time()
            finder = open_finder(Intake(codes=read_), cache)
            rows.append((name, f"{time.process_time() - start:.2f} s", f"{finder.built.computed:,}"))
        start = time.process_time()
        for one in known[:50]:
            finder.search(one.question)
        rows.append(("a question, with evidence for ten", f"{(time.process_time() - start) / 50:.4f} s", ""))
        start = time.process_time()
        finder.clones(0.6)
        rows.append(("all clones", f"{time.process_time() - start:.2f} s", ""))
    if encoder is not None:
        start = time.process_time()
        encoder.read([code.text for code in codes[::10]])
        seconds = 10 * (time.process_time() - start)
        rows.append(("MiniLM, the vectors alone, ten times those of every tenth", f"{seconds:.1f} s", ""))
    show(
        f"Time for {len(codes):,} functions, weights loaded each run: seconds of one processor",
        ("what", "time", "computed"),
        rows,
    )


def show(title: str, head: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """Print one table as soon as it is there."""
    sys.stdout.write(f"\n{table(title, head, list(rows))}")
    sys.stdout.flush()


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", default=["clones", "robustness", "search", "time"])
    parser.add_argument("--light", action="store_true")
    options = parser.parse_args()
    every = [solutions(Path(os.environ["OCTAD_DATA"]), test=True, names=names) for names in (True, False)]
    both = shown, hidden = read(every[0]), read(every[1])
    counts = ", ".join(f"{sum(o.language == name for o in shown)} {name}" for name in LANGUAGES)
    sys.stdout.write(f"{machine()}\n{counts}; {len(every[0]) - len(shown)} cut off in the set, left out\n")
    model, encoder = Similarity.load(), None if options.light else MiniLM()
    if "clones" in options.tables:
        scores = [compared(known, model, encoder) for known in both]
        clones(shown, hidden, scores)
        thresholds(shown, hidden, scores)
    if "robustness" in options.tables:
        robustness(shown, hidden, model, encoder)
    if "search" in options.tables:
        search(both, model, encoder)
    if "time" in options.tables:
        timed(shown, encoder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

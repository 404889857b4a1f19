"""One worker of the proof `retrieval-batch`: makes the data, answers for all people, or compares a sample with numpy.

proof_batch.py make FOLDER PEOPLE ITEMS DIMENSIONS SEED
proof_batch.py run FOLDER                     prints `{"done": n}` lines as it goes on
proof_batch.py verify FOLDER SAMPLE SEED
"""

import json
import sys
from pathlib import Path

import numpy as np

K = 100
STEP = 100_000
CLUSTERS = 200


def make(folder: Path, people: int, items: int, dimensions: int, seed: int) -> None:
    """Tastes around cluster centres that differ in size (Zipf), items of lengths that differ as popularity does."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((CLUSTERS, dimensions), dtype=np.float32)
    weights = 1 / np.arange(1, CLUSTERS + 1)
    weights /= weights.sum()

    def around(count: int) -> np.ndarray:
        of = rng.choice(CLUSTERS, size=count, p=weights)
        return centres[of] + 0.7 * rng.standard_normal((count, dimensions), dtype=np.float32)

    lengths = rng.lognormal(0, 0.3, size=(items, 1)).astype(np.float32)
    np.save(folder / "items.npy", around(items) * lengths)
    target = np.lib.format.open_memmap(folder / "people.npy", "w+", np.float32, (people, dimensions))
    for start in range(0, people, STEP):
        target[start : start + STEP] = around(min(STEP, people - start))
    target.flush()


def run(folder: Path) -> None:
    from berth_recsys import Retriever

    def told(done: int, _total: int) -> None:
        print(json.dumps({"done": done}), flush=True)

    with Retriever(np.load(folder / "items.npy"), name="proof") as corpus:
        corpus.search_batch(folder / "people.npy", K, folder / "answers", progress=told)


def verify(folder: Path, sample: int, seed: int) -> None:
    """The definition of an answer (ADR 0009), in numpy: sums in the order of the dimensions."""
    items = np.load(folder / "items.npy").astype(np.float64)
    people = np.load(folder / "people.npy", mmap_mode="r")
    ids = np.load(folder / "answers" / "ids.npy", mmap_mode="r")
    scores = np.load(folder / "answers" / "scores.npy", mmap_mode="r")
    chosen = np.sort(np.random.default_rng(seed).choice(len(people), size=min(sample, len(people)), replace=False))
    wrong = 0
    for person in chosen:
        sums = np.zeros(len(items))
        for axis, value in enumerate(people[person].astype(np.float64)):
            sums += items[:, axis] * value
        true = sums.astype(np.float32)
        best = np.lexsort((np.arange(len(true)), -true))[:K]
        wrong += not (np.array_equal(ids[person], best) and np.array_equal(scores[person], true[best]))
    missing = int(sum((ids[start : start + STEP] < 0).sum() for start in range(0, len(ids), STEP)))
    print(json.dumps({"compared": len(chosen), "wrong": wrong, "missing": missing}))


if __name__ == "__main__":
    mode, folder, *numbers = sys.argv[1:]
    {"make": make, "run": run, "verify": verify}[mode](Path(folder), *map(int, numbers))

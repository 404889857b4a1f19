"""Holds graphs against ONNX itself: its checker, and its reference evaluator beside the answers of ONNX Runtime.

usage: check_graphs.py FOLDER

FOLDER/cases.json lists cases: `name`, `model` (a file), `inputs` and `answers` (by name: `dtype`, `shape`, `file`), and
`error`, the largest difference of values that two right answers may have. Prints for each case what is wrong, as JSON.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

ZERO_POINT = 128


class MatMulNBits(OpRun):
    """The operator of ONNX Runtime in words: numbers less 128 times the scale of their block, multiplied in float32."""

    op_domain = "com.microsoft"

    def _run(self, a, b, scales, K=None, N=None, bits=None, block_size=None, accuracy_level=None):
        assert bits == 8, f"{bits} bits, accuracy {accuracy_level}: nobody wrote that down"
        rows, blocks, block = b.shape
        assert (rows, block) == (N, block_size) and scales.size == rows * blocks
        items = (b.astype(np.float32) - ZERO_POINT) * scales.reshape(rows, blocks, 1)
        return (a @ items.reshape(rows, blocks * block)[:, :K].T,)


class GatherElements(OpRun):
    """As the standard has it: the evaluator's own breaks on more than 64 columns (onnx 1.23)."""

    def _run(self, data, indices, axis=0):
        return (np.take_along_axis(data, indices, axis),)


def read(folder: Path, described: dict) -> np.ndarray:
    return np.fromfile(folder / described["file"], described["dtype"]).reshape(described["shape"])


def difference(name: str, got: np.ndarray, want: np.ndarray, error: float) -> list[str]:
    """What is wrong with values: infinities have to be where they are."""
    finite = np.isfinite(want)
    if not np.array_equal(got[~finite], want[~finite]):
        return [f"{name}: infinities differ"]
    off = np.abs(got[finite].astype(np.float64) - want[finite].astype(np.float64))
    return [f"{name}: off by {off.max()}, {error} is allowed"] if off.size and off.max() > error else []


def is_clear(values: np.ndarray, error: float) -> np.ndarray:
    """Where a value is so far from its neighbours that no rounding changes the order; the last may have one unseen."""
    gaps = np.abs(np.diff(values.astype(np.float64), axis=-1)) > 2 * error
    edge = np.ones((*values.shape[:-1], 1), bool)
    return np.concatenate([edge, gaps], -1) & np.concatenate([gaps, ~edge], -1)


def numbers_differ(name: str, got: np.ndarray, want: np.ndarray, case: dict) -> list[str]:
    """What is wrong with an output of numbers alone."""
    if got.shape != want.shape or want.dtype != got.dtype:
        return [f"{name}: {want.shape} of {want.dtype}, got {got.shape} of {got.dtype}"]
    return difference(name, got, want, case["error"])


def problems(folder: Path, case: dict) -> list[str]:
    path = folder / case["model"]
    onnx.checker.check_model(str(path), full_check=True)
    inputs = {name: read(folder, each) for name, each in case["inputs"].items()}
    answers = {name: read(folder, each) for name, each in case["answers"].items()}
    evaluator = ReferenceEvaluator(str(path), new_ops=[GatherElements, MatMulNBits])
    found = dict(zip(answers, evaluator.run(list(answers), inputs), strict=True))
    if "rows" not in answers:
        return [problem for name, got in answers.items() for problem in numbers_differ(name, got, found[name], case)]
    values, rows = found["values"], found["rows"]
    if values.shape != answers["values"].shape or rows.shape != answers["rows"].shape:
        return [f"shapes: {values.shape} and {rows.shape}, {answers['values'].shape} and {answers['rows'].shape}"]
    if (values.dtype, rows.dtype) != (np.float32, np.int32):
        return [f"types: {values.dtype} and {rows.dtype}"]
    error = case["error"]
    compared = np.ones(rows.shape, bool) if error == 0 else is_clear(values, error)
    wrong = np.flatnonzero((rows != answers["rows"]) & compared)
    at_rows = [f"rows: {wrong.size} of {rows.size} differ, the first at {wrong[0]}"] if wrong.size else []
    return difference("values", answers["values"], values, error) + at_rows


def main(folder: Path) -> None:
    cases = json.loads((folder / "cases.json").read_text())
    print(json.dumps({case["name"]: problems(folder, case) for case in cases}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

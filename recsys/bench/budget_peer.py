"""One solve by one general solver, in a process of its own: `budget_peer.py WHO FOLDER TOLERANCE LIMIT_S THREADS`.

Prints one line of JSON: seconds of the solver alone, and the gap that its answer proves, computed anew from its prices and its x.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from budget_lp import Float64, Program, program_of, proven
from budget_population import Population

# Of the machine's memory: with more it would swap, or end somebody else, instead of refusing.
_MOST_MEMORY = 0.7


def highs(solver: str) -> Callable[[Program, float, float, int], dict[str, Any]]:
    """HiGHS with one of its solvers. Only simplex needs a vertex, so there is no crossover; it has no use for the tolerance."""

    def solve(program: Program, tolerance: float, limit_s: float, threads: int) -> dict[str, Any]:
        import highspy

        solving = highspy.Highs()
        settings = {
            "output_flag": False,
            "solver": solver,
            "time_limit": limit_s,
            "threads": threads,
            "run_crossover": "off",
        }
        if solver != "simplex":
            settings["kkt_tolerance"] = tolerance
        for name, value in settings.items():
            if solving.setOptionValue(name, value) != highspy.HighsStatus.kOk:
                raise ValueError(f"HiGHS has no {name} = {value}")
        solving.passModel(_highs_model(program))
        start = time.perf_counter()
        solving.run()
        seconds = time.perf_counter() - start
        answer = solving.getSolution()
        return {
            "seconds": seconds,
            "status": solving.modelStatusToString(solving.getModelStatus()),
            "x": np.asarray(answer.col_value),
            "duals": np.asarray(answer.row_dual),
        }

    return solve


def _highs_model(program: Program) -> Any:
    import highspy

    columns, rows = program.rows.shape
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, len(program.cap)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.value
    model.col_lower_, model.col_upper_ = np.zeros(columns), np.full(columns, program.most)
    model.row_lower_, model.row_upper_ = np.full(len(program.cap), -np.inf), program.cap
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(columns + 1, dtype=np.int32) * rows
    model.a_matrix_.index_ = program.rows.reshape(-1)
    model.a_matrix_.value_ = np.ones(program.rows.size)
    return model


def ortools_pdlp(program: Program, tolerance: float, limit_s: float, threads: int) -> dict[str, Any]:
    """OR-tools' PDLP, which minimises."""
    import scipy.sparse
    from ortools.pdlp import solve_log_pb2, solvers_pb2
    from ortools.pdlp.python import pdlp

    columns, rows = program.rows.shape
    asked = pdlp.QuadraticProgram()
    asked.objective_vector = -program.value
    asked.constraint_matrix = scipy.sparse.csc_matrix(
        (np.ones(program.rows.size), program.rows.reshape(-1), np.arange(columns + 1, dtype=np.int32) * rows),
        shape=(len(program.cap), columns),
    )
    asked.constraint_lower_bounds, asked.constraint_upper_bounds = np.full(len(program.cap), -np.inf), program.cap
    asked.variable_lower_bounds, asked.variable_upper_bounds = np.zeros(columns), np.full(columns, program.most)
    settings = solvers_pb2.PrimalDualHybridGradientParams(num_threads=threads)
    settings.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = 0
    settings.termination_criteria.simple_optimality_criteria.eps_optimal_relative = tolerance
    settings.termination_criteria.time_sec_limit = limit_s
    start = time.perf_counter()
    answer = pdlp.primal_dual_hybrid_gradient(asked, settings)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "status": solve_log_pb2.TerminationReason.Name(answer.solve_log.termination_reason),
        "x": np.asarray(answer.primal_solution),
        "duals": -np.asarray(answer.dual_solution),
    }


PEERS: dict[str, Callable[[Program, float, float, int], dict[str, Any]]] = {
    "highs_simplex": highs("simplex"),
    "highs_ipm": highs("ipx"),
    "highs_pdlp": highs("pdlp"),
    "highs_hipdlp": highs("hipdlp"),
    "ortools_pdlp": ortools_pdlp,
}


def main(who: str, folder: str, tolerance: str, limit_s: str, threads: str) -> None:
    """Solves, judges, prints."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    most = int(_MOST_MEMORY * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    program = program_of(Population.read(Path(folder)))
    found = PEERS[who](program, float(tolerance), float(limit_s), int(threads))
    x, duals = found.pop("x"), found.pop("duals")
    if len(x) == len(program.value) and len(duals) == len(program.cap):
        bound, value = proven(program, x, _sane(duals[: len(program.population.cap)]))
        found |= {"bound": bound, "value": value, "gap": (bound - value) / bound}
    found |= {"rssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    found |= {"version": version("ortools" if who.startswith("ortools") else "highspy")}
    answers.write(json.dumps(found) + "\n")


def _sane(prices: Float64) -> Float64:
    return np.nan_to_num(prices, nan=0.0, posinf=0.0, neginf=0.0)


if __name__ == "__main__":
    main(*sys.argv[1:])

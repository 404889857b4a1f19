"""HiGHS's optimum of a budget problem: of the linear program, with a bound from its prices, and of the integer one."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from budget_rows import Rows

PRECISION = 1e-6
"""What HiGHS's answers are good for, relative to the optimum: ten times its tolerance of rows and reduced costs."""
MIP_GAP = 1e-6


@dataclass(frozen=True)
class Optimum:
    """The optimum lies between the two; both are None where nothing is feasible."""

    reached: float | None
    """Of the best x that HiGHS has found."""
    bound: float | None
    """Of a linear program: from HiGHS's prices by weak duality, so that it holds whatever HiGHS's tolerances are."""


class HighsFailed(Exception):
    """HiGHS has not come to an answer."""


def linear_optimum(rows: Rows) -> Optimum:
    """Of the linear program: 0 ≤ x ≤ 1."""
    scale = _scale(rows)
    solver = _solver(rows, rows.value / scale)
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Optimum(None, None)
    if status != highspy.HighsModelStatus.kOptimal:
        raise HighsFailed(f"the linear program: {solver.modelStatusToString(status)}")
    prices = np.asarray(solver.getSolution().row_dual)
    return Optimum(scale * solver.getInfo().objective_function_value, dual_bound(rows, scale * prices))


def integer_optimum(rows: Rows, limit_s: float) -> Optimum:
    """Of the integer program, as far as HiGHS gets; None and infinity where it finds nothing in that time."""
    scale = _scale(rows)
    solver = _solver(rows, rows.value / scale, is_integer=True)
    solver.setOptionValue("time_limit", limit_s)
    solver.setOptionValue("mip_rel_gap", MIP_GAP)
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Optimum(None, None)
    if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit):
        raise HighsFailed(f"the integer program: {solver.modelStatusToString(status)}")
    has_one = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Optimum(scale * info.objective_function_value if has_one else None, scale * info.mip_dual_bound)


def least_shortfall(rows: Rows) -> float:
    """By how much the floors have to give way, all together, for the linear program to have a solution."""
    floors = np.flatnonzero(rows.low > 0)
    solver = _solver(rows, np.zeros(len(rows.value)))
    for row in floors.tolist():
        solver.addCol(-1.0, 0.0, highspy.kHighsInf, 1, np.array([row], np.int32), np.array([1.0]))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise HighsFailed(f"the shortfall: {solver.modelStatusToString(solver.getModelStatus())}")
    return -solver.getInfo().objective_function_value


def dual_bound(rows: Rows, prices: np.ndarray) -> float:
    """What no x can exceed, by weak duality: true for any prices."""
    usable = np.where(np.isinf(rows.high), np.minimum(prices, 0), prices)
    row = np.repeat(np.arange(len(rows.low)), np.diff(rows.start))
    margin = rows.value - np.bincount(rows.candidate, rows.weight * usable[row], len(rows.value))
    paid = np.where(usable > 0, rows.high, rows.low) * usable
    return float(paid.sum() + margin[rows.is_open & (margin > 0)].sum())


def _scale(rows: Rows) -> float:
    """In units of this HiGHS sees values: its tolerances are absolute."""
    return float(np.abs(rows.value[rows.is_open]).max(initial=0.0)) or 1.0


def _solver(rows: Rows, cost: np.ndarray, *, is_integer: bool = False) -> highspy.Highs:
    program = highspy.HighsLp()
    columns, count = len(rows.value), len(rows.low)
    program.num_col_, program.num_row_ = columns, count
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = cost
    program.col_lower_, program.col_upper_ = np.zeros(columns), rows.is_open.astype(np.float64)
    program.row_lower_, program.row_upper_ = np.where(rows.low > 0, rows.low, -highspy.kHighsInf), rows.high
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.num_col_, program.a_matrix_.num_row_ = columns, count
    program.a_matrix_.start_ = rows.start
    program.a_matrix_.index_, program.a_matrix_.value_ = rows.candidate, rows.weight
    if is_integer:
        program.integrality_ = [highspy.HighsVarType.kInteger] * columns
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue(
        "solver", "ipm"
    )  # with crossover; its simplex takes a hundred times as long where values are tied
    if solver.passModel(program) == highspy.HighsStatus.kError:
        raise HighsFailed("the model was refused")
    return solver

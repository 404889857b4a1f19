"""`python -m record [--only NAME …] [--at-once N] [--folder PATH]`: records the scenarios again and makes the others anew.

Run it in `operator/corpus` with the Python of Berth's tools, on Linux, with `tmux` installed. A scenario takes its minutes
times `SECONDS_PER_MINUTE`. What other people's work on the machine does to it is part of the recording.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from .scenario import Scenario
from .scenarios import RECORDED
from .stage import record
from .synthetic import SYNTHETIC
from .trace_file import scaled, trace_of, write_trace

TRACES = Path(__file__).resolve().parents[1] / "traces"


def main() -> None:
    """Records what the command line asks for."""
    parser = argparse.ArgumentParser(prog="record")
    parser.add_argument("--only", nargs="*", default=None, metavar="NAME")
    parser.add_argument("--at-once", type=int, default=4, metavar="N")
    parser.add_argument("--folder", type=Path, default=TRACES)
    options = parser.parse_args()

    def wanted(scenario: Scenario) -> bool:
        return options.only is None or scenario.name in options.only

    for scenario, samples in SYNTHETIC:
        if wanted(scenario):
            print(write_trace(options.folder, trace_of(scenario, samples, "synthetic")).name)
    asyncio.run(record_all([one for one in RECORDED if wanted(one)], options.at_once, options.folder))


async def record_all(scenarios: list[Scenario], at_once: int, folder: Path) -> None:
    """So many at once, each on a server of its own."""
    places = asyncio.Semaphore(at_once)

    async def one(scenario: Scenario) -> None:
        async with places:
            samples, kernels = await record(scenario)
        path = write_trace(folder, trace_of(scenario, scaled(samples, kernels), "recorded"))
        print(f"{path.name}: {len(samples)} samples, {path.stat().st_size} bytes", flush=True)

    results = await asyncio.gather(*map(one, scenarios), return_exceptions=True)
    failed = [(scenario.name, error) for scenario, error in zip(scenarios, results, strict=True) if error is not None]
    for name, error in failed:
        print(f"{name}: {error!r}")
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

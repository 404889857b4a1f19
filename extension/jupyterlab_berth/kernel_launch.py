"""How a kernel is started: what may be believed of a kernelspec and an answer, and what its process finds.

Pure decisions. A kernelspec is a file that anybody may have written; the gateway decides about everything else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# As in the gateway's contract.
_ENVIRONMENT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")
_KERNEL_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_CLAIM_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")
_NOTEBOOK = "JPY_SESSION_NAME"
_PATH_MAX_CHARACTERS = 4096
_OF_THE_GATEWAY = "BERTH_"
_OF_THE_SERVER = "BERTH_SERVER_ID"


@dataclass(frozen=True)
class LaunchPlan:
    """What the gateway says about a kernel that is about to start."""

    id: str
    python: str
    argv: Sequence[str]
    variables: Mapping[str, str]
    removed: Sequence[str]


def environment_of(metadata: Any) -> str | None:
    """The environment that a kernelspec's metadata names; None if that is no name of one."""
    berth = metadata.get("berth") if isinstance(metadata, dict) else None
    name = berth.get("environment") if isinstance(berth, dict) else None
    return name if isinstance(name, str) and _ENVIRONMENT.fullmatch(name) else None


def notebook_of(env: Mapping[str, str], inherited: Mapping[str, str]) -> str | None:
    """The absolute path of the notebook, which the Jupyter server leaves in the variables of its kernels.

    What this process has inherited itself is another's: that of the notebook in whose kernel papermill, say, runs.
    """
    path = env.get(_NOTEBOOK, "")
    if path == inherited.get(_NOTEBOOK) or not os.path.isabs(path):
        return None
    return path if len(path) <= _PATH_MAX_CHARACTERS and "\0" not in path else None


def launch_request(kernel_id: str | None, environment: str, notebook: str | None, restart: bool) -> dict[str, Any]:
    """What the gateway is asked."""
    if kernel_id is None or not _KERNEL_ID.fullmatch(kernel_id):
        raise ValueError(f"{kernel_id!r} is no kernel id")
    return {"kernelId": kernel_id, "environment": environment, "notebook": notebook, "restart": restart}


def read_launch_plan(answer: Any) -> LaunchPlan:
    """Reads the gateway's answer. Raises ValueError if it is not of the contract."""
    if not isinstance(answer, dict):
        raise ValueError("the answer is no object")
    claim, python = answer.get("id"), answer.get("python")
    argv, variables, removed = answer.get("argv"), answer.get("variables"), answer.get("removed")
    is_text = (
        isinstance(claim, str) and _CLAIM_ID.fullmatch(claim) and isinstance(python, str) and os.path.isabs(python)
    )
    if not is_text or not _is_texts(argv) or not argv or not _is_texts(removed):
        raise ValueError("the answer is not of the contract")
    if not isinstance(variables, dict) or not _is_texts([*variables.keys(), *variables.values()]):
        raise ValueError("the answer has variables that are no texts")
    return LaunchPlan(claim, python, argv, variables, removed)


def kernel_command(plan: LaunchPlan, connection_file: str, extra: Sequence[str]) -> list[str]:
    """The command line, with `{connection_file}` filled in as jupyter_client does."""
    path = os.path.realpath(connection_file)
    return [argument.replace("{connection_file}", path) for argument in [*plan.argv, *extra]]


def planned_variables(env: Mapping[str, str], plan: LaunchPlan) -> dict[str, str]:
    """The variables of a kernel in its environment: its programs come first, and nothing leads elsewhere."""
    kept = {name: value for name, value in _without_settings(env).items() if name not in plan.removed}
    programs = os.path.dirname(plan.python)
    path = [programs, *(part for part in kept.get("PATH", os.defpath).split(os.pathsep) if part != programs)]
    return {**kept, **plan.variables, "PATH": os.pathsep.join(path)}


def unplanned_variables(env: Mapping[str, str]) -> dict[str, str]:
    """Those of a kernel that nobody accounts for: it sees no GPU."""
    return {**_without_settings(env), "CUDA_VISIBLE_DEVICES": ""}


def _without_settings(env: Mapping[str, str]) -> dict[str, str]:
    """Where the gateway lies and how it is set up is nothing for the code of a notebook; whose it is, it hands on."""
    return {name: env[name] for name in env if not name.startswith(_OF_THE_GATEWAY) or name == _OF_THE_SERVER}


def _is_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)

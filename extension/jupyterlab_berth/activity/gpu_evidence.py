"""What can be said of the GPUs that a kernel holds. Pure: what cannot be measured is None, never zero."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NO_GPU: dict[str, Any] = {"gpu": "none", "gpu_util": None, "gpu_mem_mib": None}


@dataclass(frozen=True)
class Device:
    """One GPU as NVML shows it. Utilisation is in percent, the most since the look before."""

    uuid: str
    minor: int
    is_mig: bool
    memory_mib: Mapping[int, float | None]
    """By each process that computes on it, as far as NVML knows."""
    process_util: Mapping[int, float] | None
    """By process; who used nothing is not in it. None: it cannot be measured."""
    device_util: float | None


def gpu_of_kernel(
    pids: Collection[int], visible: str, open_minors: Collection[int], devices: Sequence[Device]
) -> dict[str, Any]:
    """The fields of the evidence of a kernel with these processes.

    `visible` is its CUDA_VISIBLE_DEVICES, and `open_minors` are the GPUs whose device files its processes have open:
    both also tell where NVML has other process ids than this machine, as inside a container.
    """
    named = {word.strip() for word in visible.split(",")}
    held = [
        device
        for device in devices
        if device.uuid in named or device.minor in open_minors or any(pid in device.memory_mib for pid in pids)
    ]
    if any(word.startswith("MIG-") for word in named) or any(device.is_mig for device in held):
        return {"gpu": "mig", "gpu_util": None, "gpu_mem_mib": _memory(pids, held)}
    if not held:
        is_named = any(word.startswith("GPU-") for word in named)
        return {**NO_GPU, "gpu": "whole"} if is_named or open_minors else NO_GPU
    utils = [_util(pids, device) for device in held]
    has_strangers = any(_has_strangers(pids, device) for device in held)
    return {
        "gpu": "shared" if has_strangers else "whole",
        "gpu_util": None if any(util is None for util in utils) else max(util for util in utils if util is not None),
        "gpu_mem_mib": _memory(pids, held),
    }


def _has_strangers(pids: Collection[int], device: Device) -> bool:
    return any(pid not in pids for pid in device.memory_mib)


def _util(pids: Collection[int], device: Device) -> float | None:
    if device.device_util == 0:  # nobody has used it
        return 0.0
    if not _has_strangers(pids, device):
        return device.device_util if device.memory_mib else None  # used by nobody whom NVML shows, as in a container
    is_seen = any(pid in device.memory_mib for pid in pids)
    if device.process_util is None or not is_seen:
        return None
    return max((device.process_util.get(pid, 0.0) for pid in pids), default=0.0)


def _memory(pids: Collection[int], devices: Sequence[Device]) -> float | None:
    used = [device.memory_mib[pid] for device in devices for pid in pids if pid in device.memory_mib]
    known = [one for one in used if one is not None]
    return sum(known) if known else None

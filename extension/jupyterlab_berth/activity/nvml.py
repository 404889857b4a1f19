"""Asks NVML, NVIDIA's own library, for what the GPUs of this machine do. Without the library there are none."""

from __future__ import annotations

import os
from typing import Any

from .gpu_evidence import Device

MIB = 1024 * 1024
DEVICE_FILE = "/dev/nvidia"
CONTROL_FILE = "/dev/nvidiactl"
_NOTHING_SEEN = (0, 6)
"""NVML_SUCCESS and NVML_ERROR_NOT_FOUND: there is no sample, so nothing was used."""


class Nvml:
    """The devices of this machine; the library is loaded once."""

    def __init__(self) -> None:
        self._nvml: Any = None
        self._handles: list[Any] = []
        self._seen_us: dict[tuple[int, str], int] = {}
        self.is_here = os.path.exists(CONTROL_FILE)
        if not self.is_here:
            return
        try:
            import pynvml

            pynvml.nvmlInit()
            self._nvml = pynvml
            self._handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        except Exception:  # no binding, no driver, another version of it: its errors have no common class
            self._nvml = None

    def devices(self) -> list[Device]:
        """One look at all of them."""
        found = (self._device(index, handle) for index, handle in enumerate(self._handles))
        return [device for device in found if device is not None]

    def close(self) -> None:
        """Gives the library back."""
        if self._nvml is not None:
            self._ask("nvmlShutdown")
            self._nvml, self._handles = None, []

    def _device(self, index: int, handle: Any) -> Device | None:
        uuid, minor = self._ask("nvmlDeviceGetUUID", handle), self._ask("nvmlDeviceGetMinorNumber", handle)
        if uuid is None or minor is None:
            return None
        mig = self._ask("nvmlDeviceGetMigMode", handle)
        processes = self._ask("nvmlDeviceGetComputeRunningProcesses", handle) or []
        memory = {one.pid: None if one.usedGpuMemory is None else one.usedGpuMemory / MIB for one in processes}
        is_mig = bool(mig and mig[0] == 1)
        return Device(
            uuid=uuid.decode() if isinstance(uuid, bytes) else uuid,
            minor=minor,
            is_mig=is_mig,
            memory_mib=memory,
            process_util=None if is_mig or _has_mps(memory) else self._process_util(index, handle),
            device_util=None if is_mig else self._device_util(index, handle),
        )

    def _process_util(self, index: int, handle: Any) -> dict[int, float] | None:
        samples = self._samples("nvmlDeviceGetProcessUtilization", index, handle)
        if samples is None:
            return None
        most: dict[int, float] = {}
        for sample in samples:
            most[sample.pid] = max(most.get(sample.pid, 0.0), min(100.0, float(sample.smUtil)))
        return most

    def _device_util(self, index: int, handle: Any) -> float | None:
        samples = self._samples("nvmlDeviceGetSamples", index, handle, self._nvml.NVML_GPU_UTILIZATION_SAMPLES)
        if samples:
            return max(min(100.0, float(sample.sampleValue.uiVal)) for sample in samples)
        rates = self._ask("nvmlDeviceGetUtilizationRates", handle)
        return None if rates is None else float(rates.gpu)

    def _samples(self, name: str, index: int, handle: Any, *more: Any) -> list[Any] | None:
        """Those since the look before; None: this device has none to give."""
        since = self._seen_us.get((index, name), 0)
        try:
            answer = getattr(self._nvml, name)(handle, *more, since)
        except Exception as error:
            return [] if getattr(error, "value", None) in _NOTHING_SEEN else None
        samples = list(answer[1] if isinstance(answer, tuple) else answer)
        self._seen_us[index, name] = max([since, *(int(sample.timeStamp) for sample in samples)])
        return samples

    def _ask(self, name: str, *arguments: Any) -> Any:
        try:
            return getattr(self._nvml, name)(*arguments)
        except Exception:  # what this device or driver does not support
            return None


def are_of_this_machine(devices: list[Device]) -> bool:
    """Whether the process ids that NVML names are those of this machine; in a container they are those of its host."""
    return all(os.path.exists(f"/proc/{pid}") for device in devices for pid in device.memory_mib)


def open_devices(pids: set[int]) -> set[int]:
    """The minor numbers of the GPUs whose files any of these processes has open."""
    found = set()
    for pid in pids:
        try:
            names = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for name in names:
            number = _target(f"/proc/{pid}/fd/{name}").removeprefix(DEVICE_FILE)
            if number.isdigit():
                found.add(int(number))
    return found


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def _has_mps(memory: dict[int, float | None]) -> bool:
    """Whether several processes compute through one server: then NVML has no figures of each."""
    return any(_program(pid).startswith("nvidia-cuda-mps") for pid in memory)


def _program(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""

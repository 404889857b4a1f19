"""What is said of the GPUs that a kernel holds: what cannot be measured is never zero."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterlab_berth.activity.gpu_evidence import Device, gpu_of_kernel
from jupyterlab_berth.activity.nvml import CONTROL_FILE, Nvml, are_of_this_machine

OURS = {10, 11}
STRANGER = 99


def device(**changes: Any) -> Device:
    fields: dict[str, Any] = {"uuid": "GPU-1", "minor": 0, "is_mig": False, "memory_mib": {}, "process_util": {}}
    return Device(**{**fields, "device_util": 50.0, **changes})


@pytest.mark.parametrize(
    ("what", "visible", "open_minors", "devices", "want"),
    [
        ("no GPU", "", set(), [], ("none", None, None)),
        ("one that others use", "", set(), [device(memory_mib={STRANGER: 5})], ("none", None, None)),
        ("its own, at work", "", set(), [device(memory_mib={10: 700.0})], ("whole", 50.0, 700.0)),
        ("its own, at rest", "", set(), [device(memory_mib={10: 7.0}, device_util=0.0)], ("whole", 0.0, 7.0)),
        ("given to it, not used yet", "GPU-1", set(), [device(device_util=0.0)], ("whole", 0.0, None)),
        ("in a container NVML shows no processes at all", "GPU-1", set(), [device()], ("whole", None, None)),
        ("given to it, where there is no NVML", "GPU-1", set(), [], ("whole", None, None)),
        ("opened, where there is no NVML", "", {0}, [], ("whole", None, None)),
        ("its own, not measured", "", set(), [device(memory_mib={10: None}, device_util=None)], ("whole", None, None)),
        (
            "shared, at work itself",
            "",
            set(),
            [device(memory_mib={10: 7.0, STRANGER: 9.0}, process_util={11: 20.0, STRANGER: 80.0})],
            ("shared", 20.0, 7.0),
        ),
        (
            "shared, only the stranger works",
            "",
            set(),
            [device(memory_mib={10: 7.0, STRANGER: 9.0}, process_util={STRANGER: 80.0})],
            ("shared", 0.0, 7.0),
        ),
        (
            "shared, no figures by process",
            "",
            set(),
            [device(memory_mib={10: 7.0, STRANGER: 9.0}, process_util=None)],
            ("shared", None, 7.0),
        ),
        (
            "in a container NVML has the process ids of its host",
            "",
            {0},
            [device(memory_mib={STRANGER: 9.0}, process_util={STRANGER: 80.0})],
            ("shared", None, None),
        ),
        ("a slice", "MIG-7", set(), [device(is_mig=True, device_util=None)], ("mig", None, None)),
        (
            "a slice, by its process",
            "",
            set(),
            [device(is_mig=True, device_util=None, process_util=None, memory_mib={10: 3.0})],
            ("mig", None, 3.0),
        ),
        (
            "two, one of them at work",
            "",
            set(),
            [device(memory_mib={10: 1.0}, device_util=0.0), device(uuid="GPU-2", minor=1, memory_mib={11: 2.0})],
            ("whole", 50.0, 3.0),
        ),
        ("an index names no GPU of its own", "0", set(), [device()], ("none", None, None)),
    ],
)
def test_what_is_said(what: str, visible: str, open_minors: set[int], devices: list[Device], want: tuple) -> None:
    said = gpu_of_kernel(OURS, visible, open_minors, devices)
    assert (said["gpu"], said["gpu_util"], said["gpu_mem_mib"]) == want, what


def test_process_ids_that_are_not_of_this_machine_are_noticed() -> None:
    assert are_of_this_machine([device(memory_mib={1: None})])
    assert not are_of_this_machine([device(memory_mib={2**22 + 1: None})])


def test_a_machine_without_a_gpu_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyterlab_berth.activity.nvml.CONTROL_FILE", f"{CONTROL_FILE}-is-not-here")
    nvml = Nvml()
    assert nvml.is_here is False and nvml.devices() == []
    nvml.close()

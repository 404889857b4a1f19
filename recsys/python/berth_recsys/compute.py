"""What a corpus is to be scanned with, as the runtime is told."""

from __future__ import annotations

from collections.abc import Mapping


def compute_wanted(device: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The device, and the GPUs that this process may use: the runtime is older than the notebook, and sees them all."""
    wanted = {"device": device}
    if device == "cuda":
        gpus, order = environ.get("CUDA_VISIBLE_DEVICES"), environ.get("CUDA_DEVICE_ORDER")
        if gpus is not None:
            wanted["gpus"] = gpus.replace(" ", "")
        if order is not None:
            wanted["gpuOrder"] = order
    return wanted

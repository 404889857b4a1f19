"""The runtime with ONNX Runtime's CUDA provider, which lies in another wheel, and the libraries that it needs.

ONNX Runtime looks for its providers beside itself, and beside the runtime of this package nothing is to be written. So
the runtime is copied into its own folder, which nobody else may enter, with links to the large libraries.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

PROVIDERS = ("libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so")
# Libraries of CUDA that the provider is linked with, and what brings them.
LIBRARIES = ("libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libcurand.so.10")


@dataclass(frozen=True)
class CudaParts:
    """What the extra `cuda` has installed."""

    version: str
    provider: Path
    libraries: tuple[Path, ...]


def cuda_parts() -> CudaParts | None:
    """Where the provider and CUDA's libraries are; None where the extra `cuda` is not installed."""
    try:
        provider = Path(str(distribution("onnxruntime-gpu").locate_file("onnxruntime/capi")))
        version = distribution("onnxruntime-gpu").version
    except PackageNotFoundError:
        return None
    if not all((provider / name).is_file() for name in PROVIDERS):
        return None
    nvidia = provider.parent.parent / "nvidia"
    found = {path.parent for name in LIBRARIES for path in nvidia.glob(f"*/lib/{name}")}
    return CudaParts(version, provider, tuple(sorted(found)))


def runtime_with_cuda(bundle: Path, parts: CudaParts, folder: Path) -> Path:
    """A copy of the runtime in `folder`, the runtime's own, that finds the provider; made once for each content.

    The bundle itself where the provider is of another version of ONNX Runtime, which would not load it.
    """
    natives = _natives(bundle.parent)
    if natives is None or _version(bundle.parent) != parts.version:
        return bundle
    content = hashlib.sha256(bundle.read_bytes() + os.fsencode(f"{bundle}\0{parts.version}\0{parts.provider}"))
    made = folder / f"cuda-{content.hexdigest()[:16]}"
    if not made.is_dir():
        scratch = Path(tempfile.mkdtemp(prefix="cuda-", dir=folder))
        try:
            _fill(scratch / "runtime", bundle.parent, natives, parts)
            try:
                (scratch / "runtime").rename(made)
            except OSError:
                if not made.is_dir():  # else another notebook was quicker
                    raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return made / bundle.name


def _fill(copy: Path, original: Path, natives: Path, parts: CudaParts) -> None:
    for source in original.rglob("*"):
        target = copy / source.relative_to(original)
        if source.is_dir() or source.suffix == ".map":
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.name.startswith("libonnxruntime.so"):
            target.symlink_to(source)
        else:
            shutil.copyfile(source, target)
    for name in PROVIDERS:
        (copy / natives / name).symlink_to(parts.provider / name)


def cuda_variables(environ: Mapping[str, str], parts: CudaParts) -> dict[str, str]:
    """The environment in which the provider finds CUDA's libraries."""
    places = [str(path) for path in parts.libraries] + [environ.get("LD_LIBRARY_PATH", "")]
    return {**environ, "LD_LIBRARY_PATH": os.pathsep.join(place for place in places if place)}


def _natives(runtime: Path) -> Path | None:
    """Where ONNX Runtime lies in the runtime, which is where it looks for providers."""
    for found in runtime.glob("node_modules/onnxruntime-node/bin/*/*/*/onnxruntime_binding.node"):
        return found.parent.relative_to(runtime)
    return None


def _version(runtime: Path) -> str:
    package = json.loads((runtime / "node_modules" / "onnxruntime-node" / "package.json").read_text())
    return str(package["version"])

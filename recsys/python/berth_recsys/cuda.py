"""The runtime with ONNX Runtime's CUDA provider, which lies in another wheel, and the libraries that it needs.

ONNX Runtime looks for its providers beside itself, and beside the runtime of this package nothing is to be written. So
the runtime is copied once into the person's cache, with links to the provider.
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


def runtime_with_cuda(bundle: Path, parts: CudaParts, cache: Path) -> Path:
    """A copy of the runtime in the cache that finds the provider; made once for each bundle and each provider.

    The bundle itself where the provider is of another version of ONNX Runtime, which would not load it.
    """
    natives = _natives(bundle.parent)
    if natives is None or _version(bundle.parent) != parts.version:
        return bundle
    content = "\0".join([str(bundle), str(bundle.stat().st_mtime_ns), parts.version, str(parts.provider)])
    made = cache / f"recsys-cuda-{hashlib.sha256(content.encode()).hexdigest()[:16]}"
    if not made.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="recsys-cuda-", dir=cache))
        try:
            copy = scratch / "runtime"
            shutil.copytree(bundle.parent, copy)
            for name in PROVIDERS:
                (copy / natives / name).symlink_to(parts.provider / name)
            try:
                copy.rename(made)
            except OSError:
                if not made.is_dir():  # else another notebook was quicker
                    raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return made / bundle.name


def cuda_variables(environ: Mapping[str, str], parts: CudaParts) -> dict[str, str]:
    """The environment in which the provider finds CUDA's libraries."""
    places = [str(path) for path in parts.libraries] + [environ.get("LD_LIBRARY_PATH", "")]
    return {**environ, "LD_LIBRARY_PATH": os.pathsep.join(place for place in places if place)}


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Berth's folder in the person's cache."""
    base = environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "berth"


def _natives(runtime: Path) -> Path | None:
    """Where ONNX Runtime lies in the runtime, which is where it looks for providers."""
    for found in runtime.glob("node_modules/onnxruntime-node/bin/*/*/*/onnxruntime_binding.node"):
        return found.parent.relative_to(runtime)
    return None


def _version(runtime: Path) -> str:
    package = json.loads((runtime / "node_modules" / "onnxruntime-node" / "package.json").read_text())
    return str(package["version"])

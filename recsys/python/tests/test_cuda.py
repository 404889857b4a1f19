"""How the runtime comes to ONNX Runtime's CUDA provider; what needs a GPU is `npm run proof retrieval-cuda`."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

import berth_recsys.launch
from berth_recsys import InvalidInput, Retriever
from berth_recsys.compute import compute_wanted
from berth_recsys.cuda import PROVIDERS, CudaParts, cuda_parts, cuda_variables, runtime_with_cuda

from .conftest import BUNDLE, runtime_pid

ORT_VERSION = "1.30.0"


@pytest.fixture
def parts(tmp_path: Path) -> CudaParts:
    provider = tmp_path / "site" / "onnxruntime" / "capi"
    provider.mkdir(parents=True)
    for name in PROVIDERS:
        (provider / name).write_bytes(b"no library")
    return CudaParts(ORT_VERSION, provider, (tmp_path / "site" / "nvidia" / "cu13" / "lib",))


def test_without_the_extra_there_is_nothing_to_find(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: an error about a package that nobody asked for."""

    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("berth_recsys.cuda.distribution", missing)
    assert cuda_parts() is None


def test_the_copy_of_the_runtime_finds_the_provider_and_answers(
    own_runtime: Path, parts: CudaParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Symptom: with the extra installed the runtime does not start, or writes into site-packages."""
    monkeypatch.setattr(berth_recsys.launch, "cuda_parts", lambda: parts)
    with Retriever(np.eye(3, dtype=np.float32)) as corpus:
        command = Path(f"/proc/{runtime_pid(own_runtime)}/cmdline").read_text().split("\0")
        assert command[1].startswith(str(own_runtime / "cuda-"))
        libraries = next(Path(command[1]).parent.glob("node_modules/onnxruntime-node/bin/*/*/*"))
        assert all((libraries / name).resolve() == parts.provider / name for name in PROVIDERS)
        assert corpus.search(np.eye(3), 1).ids.ravel().tolist() == [0, 1, 2]


def test_the_copy_is_made_once_and_again_for_what_is_new(parts: CudaParts, tmp_path: Path) -> None:
    """Symptom: yesterday's runtime serves after an upgrade; or a package that may not be written cannot be copied."""
    bundle = tmp_path / "wheel" / "runtime.mjs"
    shutil.copytree(BUNDLE.parent, bundle.parent)
    for folder in [bundle.parent, *(path for path in bundle.parent.rglob("*") if path.is_dir())]:
        folder.chmod(0o555)
    own = tmp_path / "own"
    own.mkdir()
    first = runtime_with_cuda(bundle, parts, own)
    assert runtime_with_cuda(bundle, parts, own) == first and len(list(own.iterdir())) == 1
    assert all(os.access(path, os.W_OK) for path in first.parent.rglob("*") if path.is_dir())
    stamp = bundle.stat().st_mtime_ns
    bundle.write_text("// newer\n")
    os.utime(bundle, ns=(stamp, stamp))
    second = runtime_with_cuda(bundle, parts, own)
    assert second != first and second.read_text() == "// newer\n"
    for folder in [bundle.parent, *(path for path in bundle.parent.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)


def test_a_provider_of_another_version_is_left_alone(parts: CudaParts, tmp_path: Path) -> None:
    """Symptom: a crash in the dynamic linker, after somebody upgraded onnxruntime-gpu."""
    other = CudaParts("1.31.0", parts.provider, parts.libraries)
    assert runtime_with_cuda(BUNDLE, other, tmp_path / "own") == BUNDLE
    assert not (tmp_path / "own").exists()


def test_libraries_come_before_those_of_the_machine(parts: CudaParts) -> None:
    """Symptom: CUDA 12 of the machine is found first."""
    (library,) = parts.libraries
    assert cuda_variables({"LD_LIBRARY_PATH": "/opt/cuda"}, parts)["LD_LIBRARY_PATH"] == f"{library}:/opt/cuda"
    assert cuda_variables({"A": "b"}, parts) == {"A": "b", "LD_LIBRARY_PATH": str(library)}


def test_the_corpus_sees_the_gpus_of_its_notebook() -> None:
    """Symptom: the corpus takes the GPU that was lent to another notebook."""
    assert compute_wanted("auto", {"CUDA_VISIBLE_DEVICES": "no, such"}) == {"device": "auto"}
    assert compute_wanted("cuda", {}) == {"device": "cuda"}
    environ = {"CUDA_VISIBLE_DEVICES": "0, 1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert compute_wanted("cuda", environ) == {"device": "cuda", "gpus": "0,1", "gpuOrder": "PCI_BUS_ID"}
    assert compute_wanted("cuda", {"CUDA_VISIBLE_DEVICES": ""}) == {"device": "cuda", "gpus": ""}


def test_cuda_where_no_gpu_is_visible_is_refused_with_what_to_do(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Symptom: the search runs on the CPU, and everybody believes the figures are a GPU's."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(InvalidInput, match=r"there is no cuda here \(.+\): .*berth-recsys\[cuda\]") as caught:
        Retriever(np.eye(3, dtype=np.float32), device="cuda")
    assert caught.value.field == "device"
    with Retriever(np.eye(3, dtype=np.float32)) as corpus:
        assert corpus.info().device == "cpu"
        corpus.save(tmp_path / "saved")
    with pytest.raises(InvalidInput, match="there is no cuda here"):
        Retriever.load(tmp_path / "saved", device="cuda")

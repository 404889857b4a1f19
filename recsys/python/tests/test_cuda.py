"""How the runtime comes to ONNX Runtime's CUDA provider; what needs a GPU is `npm run proof retrieval-cuda`."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import berth_recsys.launch
from berth_recsys import InvalidInput, Retriever
from berth_recsys.compute import compute_wanted
from berth_recsys.cuda import PROVIDERS, CudaParts, cache_folder, cuda_parts, cuda_variables, runtime_with_cuda

from .conftest import BUNDLE, runtime_pid

ORT_VERSION = "1.30.0"


@pytest.fixture
def parts(tmp_path: Path) -> CudaParts:
    provider = tmp_path / "site" / "onnxruntime" / "capi"
    provider.mkdir(parents=True)
    for name in PROVIDERS:
        (provider / name).write_bytes(b"no library")
    return CudaParts(ORT_VERSION, provider, (tmp_path / "site" / "nvidia" / "cu13" / "lib",))


def test_without_the_extra_there_is_nothing_to_find() -> None:
    """Symptom: an error about a package that nobody asked for."""
    assert cuda_parts() is None


def test_the_copy_of_the_runtime_finds_the_provider_and_answers(
    own_runtime: Path, parts: CudaParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Symptom: with the extra installed the runtime does not start, or writes into site-packages."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(berth_recsys.launch, "cuda_parts", lambda: parts)
    with Retriever(np.eye(3, dtype=np.float32)) as corpus:
        command = Path(f"/proc/{runtime_pid(own_runtime)}/cmdline").read_text().split("\0")
        assert command[1].startswith(str(tmp_path / "cache" / "berth" / "recsys-cuda-"))
        libraries = next(Path(command[1]).parent.glob("node_modules/onnxruntime-node/bin/*/*/*"))
        assert all((libraries / name).resolve() == parts.provider / name for name in PROVIDERS)
        assert corpus.search(np.eye(3), 1).ids.ravel().tolist() == [0, 1, 2]


def test_the_copy_is_made_once_and_again_for_what_is_new(parts: CudaParts, tmp_path: Path) -> None:
    """Symptom: 50 MB are copied at each start; or yesterday's runtime serves after an upgrade."""
    bundle = tmp_path / "wheel" / "runtime.mjs"
    shutil.copytree(BUNDLE.parent, bundle.parent)
    cache = tmp_path / "cache"
    first = runtime_with_cuda(bundle, parts, cache)
    assert runtime_with_cuda(bundle, parts, cache) == first and len(list(cache.iterdir())) == 1
    bundle.write_text("// newer\n")
    second = runtime_with_cuda(bundle, parts, cache)
    assert second != first and second.read_text() == "// newer\n"


def test_a_provider_of_another_version_is_left_alone(parts: CudaParts, tmp_path: Path) -> None:
    """Symptom: a crash in the dynamic linker, after somebody upgraded onnxruntime-gpu."""
    other = CudaParts("1.31.0", parts.provider, parts.libraries)
    assert runtime_with_cuda(BUNDLE, other, tmp_path / "cache") == BUNDLE
    assert not (tmp_path / "cache").exists()


def test_libraries_come_before_those_of_the_machine(parts: CudaParts) -> None:
    """Symptom: CUDA 12 of the machine is found first."""
    (library,) = parts.libraries
    assert cuda_variables({"LD_LIBRARY_PATH": "/opt/cuda"}, parts)["LD_LIBRARY_PATH"] == f"{library}:/opt/cuda"
    assert cuda_variables({"A": "b"}, parts) == {"A": "b", "LD_LIBRARY_PATH": str(library)}
    assert cache_folder({"XDG_CACHE_HOME": "/c"}) == Path("/c/berth")
    assert cache_folder({"XDG_CACHE_HOME": "c"}) == Path.home() / ".cache" / "berth"


def test_the_corpus_sees_the_gpus_of_its_notebook() -> None:
    """Symptom: the corpus takes the GPU that was lent to another notebook."""
    assert compute_wanted("auto", {}) == {"device": "auto"}
    assert compute_wanted("cuda", {"CUDA_VISIBLE_DEVICES": "GPU-1"}) == {"device": "cuda", "gpus": "GPU-1"}
    assert compute_wanted("auto", {"CUDA_VISIBLE_DEVICES": ""}) == {"device": "auto", "gpus": ""}


def test_cuda_where_no_gpu_is_visible_is_refused_with_what_to_do(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Symptom: the search runs on the CPU, and everybody believes the figures are a GPU's."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(InvalidInput, match=r"there is no cuda here \(.+\): .*berth-recsys\[cuda\]") as caught:
        Retriever(np.eye(3, dtype=np.float32), device="cuda")
    assert caught.value.field == "device"
    with Retriever(np.eye(3, dtype=np.float32)) as corpus:
        assert corpus.info().device == "cpu"

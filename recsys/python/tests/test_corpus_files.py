"""The files of a corpus: what is written where, and what happens when there is no room."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from berth_recsys import BerthRecsysError, DeadlineExceeded, InvalidInput, MemoryExceeded
from berth_recsys.corpus_files import fill_column, fill_items
from berth_recsys.deadline import Deadline
from berth_recsys.row_source import row_source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


def file_of(folder: Path, byte_count: int) -> str:
    path = folder / "items"
    path.touch()
    os.truncate(path, byte_count)
    return str(path)


@pytest.mark.parametrize("chunk_bytes", [1, 100, 1 << 24])
def test_items_are_written_chunk_by_chunk(folder: Path, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int) -> None:
    """Symptom: rows at the borders of chunks are lost or doubled."""
    monkeypatch.setattr("berth_recsys.corpus_files.CHUNK_BYTES", chunk_bytes)
    items = np.random.default_rng(19).standard_normal((37, 5))
    path = file_of(folder, 37 * 5 * 4)
    fill_items(path, row_source("items", items), Deadline(None))
    np.testing.assert_array_equal(np.fromfile(path, np.float32).reshape(37, 5), items.astype(np.float32))


def test_offsets_beyond_4_gib_are_no_smaller_ones(folder: Path) -> None:
    """Symptom: the rows behind the first 4 GiB are written over the first ones."""
    rows = 2**32 // (4 * 2**20) + 2  # of 4 MiB: 4 GiB and 8 MiB, in a file with holes
    items = np.broadcast_to(np.float32(0), (rows, 2**20))
    path = file_of(folder, rows * 2**22)
    written: list[tuple[int, int]] = []

    class Recorded:
        """os.pwrite without the gigabytes."""

        def __call__(self, file: int, data: memoryview, offset: int) -> int:
            written.append((offset, len(data)))
            return len(data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("berth_recsys.corpus_files.os.pwrite", Recorded())
        fill_items(path, row_source("items", items), Deadline(None))
    assert written[-1][0] + written[-1][1] == rows * 2**22 > 2**32
    assert [offset for offset, _ in written] == sorted({offset for offset, _ in written})


def test_a_full_folder_says_so(folder: Path) -> None:
    """Symptom: the notebook's kernel dies of a bus error, because the file was mapped."""
    items = row_source("items", np.ones((4, 4), np.float32))

    def full(file: int, data: memoryview, offset: int) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("berth_recsys.corpus_files.os.pwrite", full)
        with pytest.raises(MemoryExceeded, match=r"64 bytes more to write, \d+ free. Set BERTH_RECSYS_DIR"):
            fill_items(file_of(folder, 64), items, Deadline(None))


def test_a_deadline_holds_while_items_are_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: `timeout_s` does not count while gigabytes are copied."""
    monkeypatch.setattr("berth_recsys.corpus_files.CHUNK_BYTES", 16)
    items = row_source("items", np.broadcast_to(np.float32(1), (10**6, 4)))
    with pytest.raises(DeadlineExceeded):
        fill_items(file_of(folder, 16 * 10**6), items, Deadline(0.05))


def test_an_overflow_in_a_later_chunk_names_its_row(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Symptom: 'items[1]' for row 31, because rows are counted in the chunk."""
    monkeypatch.setattr("berth_recsys.corpus_files.CHUNK_BYTES", 160)
    items = np.ones((40, 4))
    items[31, 2] = -1e300
    with pytest.raises(InvalidInput, match=r"items\[31\] has -1e\+300"):
        fill_items(file_of(folder, 640), row_source("items", items), Deadline(None))


def test_only_files_of_the_runtime_are_filled(tmp_path: Path) -> None:
    """Symptom: a runtime that was replaced makes the client write into a file of its choice."""
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    (folder / "good").write_bytes(bytes(4))
    fill_column(str(folder / "good"), np.float32([2]))
    assert (folder / "good").read_bytes() == np.float32([2]).tobytes()
    (folder / "short").write_bytes(bytes(3))
    (folder / "link").symlink_to(folder / "good")
    os.mkfifo(folder / "pipe")
    for name in ("short", "nowhere", "link"):
        with pytest.raises((BerthRecsysError, OSError)):
            fill_column(str(folder / name), np.float32([1]))
    folder.chmod(0o755)
    with pytest.raises(BerthRecsysError, match="ours alone"):
        fill_column(str(folder / "good"), np.float32([1]))

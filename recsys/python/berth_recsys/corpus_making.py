"""Makes a corpus, and adds parts to one: ask for files, fill them, seal. What is not sealed does not exist."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .attributes import convert_attributes
from .columns import DTYPES, Column
from .compute import compute_wanted
from .connection import Answer, Connection
from .corpus_files import fill_column, fill_items, paths_of
from .corpus_handle import CorpusHandle
from .corpus_info import CorpusInfo, corpus_info
from .deadline import Deadline
from .errors import BerthRecsysError, InvalidInput, TooLarge
from .frame import MAX_BODY_BYTES, Arrays
from .ids import Int64, id_array
from .rows import RowSource

# Texts of categories up to this travel in the header of the request.
_FEW_TEXT_BYTES = 64 * 1024


@dataclass(frozen=True)
class Material:
    """Items that are fit to be added."""

    items: RowSource
    ids: Int64 | None
    columns: tuple[Column, ...]

    @property
    def categories(self) -> dict[str, list[str]]:
        """The texts of each category column."""
        return {column.name: list(column.categories) for column in self.columns if column.kind == "category"}

    @property
    def text_bytes(self) -> int:
        """What they take on the way."""
        return len(_json_of(self.categories))


def material(items: RowSource, ids: Any, attributes: Any, expected: Mapping[str, str] | None = None) -> Material:
    """Converts all but the items. `expected` are the columns of an existing corpus. Raises InvalidInput or TooLarge."""
    rows = len(items)
    if rows == 0:
        raise InvalidInput(f"items has shape {list(items.shape)}: want at least one row", "items")
    columns = tuple(convert_attributes(attributes, rows, expected))
    made = Material(items, None if ids is None else id_array("ids", ids, rows), columns)
    _require_good_texts(made)
    return made


def create_corpus(
    connection: Connection,
    made: Material,
    metric: str,
    name: str | None,
    device: str,
    deadline: Deadline,
) -> tuple[CorpusInfo, str]:
    """Makes a corpus: what the runtime says of it, and the folder of its files.

    Nothing is left of it if this raises.
    """
    params = {
        "rows": len(made.items),
        "dimensions": made.items.shape[1],
        "metric": metric,
        "hasIds": made.ids is not None,
        "columns": [{"name": column.name, "kind": column.kind} for column in made.columns],
        **compute_wanted(device, os.environ),
        **({} if name is None else {"name": name}),
    }
    answer = connection.call("corpus.create", params, deadline=deadline)
    corpus = str(answer.result.get("corpus"))
    try:
        return _filled_and_sealed(connection, corpus, answer, made, deadline)
    except BaseException:
        connection.post("corpus.close", {"corpus": corpus})
        raise


def append_to(handle: CorpusHandle, more: Material, deadline: Deadline) -> None:
    """Adds a part. The corpus is as it was if this raises."""
    connection, corpus = handle.place(deadline)
    with handle.changing():
        answer = connection.call("corpus.append", {"corpus": corpus, "rows": len(more.items)}, deadline=deadline)
        try:
            sealed = _filled_and_sealed(connection, corpus, answer, more, deadline)
        except BaseException:
            connection.post("corpus.discard", {"corpus": corpus, "part": answer.result.get("part")})
            raise
        handle.update(*sealed)


def _filled_and_sealed(
    connection: Connection, corpus: str, answer: Answer, made: Material, deadline: Deadline
) -> tuple[CorpusInfo, str]:
    items_path, ids_path, column_paths = paths_of(answer.result.get("files") or {})
    if (ids_path is None) != (made.ids is None):
        raise InvalidInput(
            "the corpus counts its rows: give no ids"
            if ids_path is None
            else "the corpus has ids of its own: give some",
            "ids",
        )
    fill_items(items_path, made.items, deadline)
    if ids_path is not None and made.ids is not None:
        fill_column(ids_path, made.ids)
    for column in made.columns:
        if column.name not in column_paths:
            raise BerthRecsysError(f"the runtime has made no file for the column {column.name!r}")
        fill_column(column_paths[column.name], column.values.astype(DTYPES[column.kind], copy=False))
    texts, arrays = _sent_texts(made)
    sealed = connection.call(
        "corpus.seal", {"corpus": corpus, "part": answer.result.get("part"), **texts}, arrays, deadline
    )
    return corpus_info(sealed.result, corpus), os.path.dirname(items_path)


def _sent_texts(made: Material) -> tuple[dict[str, Any], Arrays]:
    """The texts of the categories: in the parameters, or as an array where they are many."""
    text = _json_of(made.categories)
    if len(text) <= _FEW_TEXT_BYTES:
        return {"categories": made.categories}, {}
    return {}, {"categories": np.frombuffer(text, np.uint8)}


def _json_of(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _require_good_texts(made: Material) -> None:
    for column in made.columns:
        for text in column.categories:
            if not _is_unicode(text):
                why = f"the attribute {column.name!r} has the text {text!a}, which is no Unicode"
                raise InvalidInput(why, f"attributes.{column.name}")
    if made.text_bytes > MAX_BODY_BYTES:
        largest = max(made.categories, key=lambda name: len(_json_of(made.categories[name])))
        raise TooLarge(
            f"the texts of the category columns take {made.text_bytes} bytes, and a request carries {MAX_BODY_BYTES}. "
            f"Most are of {largest!r}, with {len(made.categories[largest])} different texts: number them, or leave "
            "the column out.",
            f"attributes.{largest}",
        )


def _is_unicode(text: str) -> bool:
    """Half a character, which Python allows, is none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

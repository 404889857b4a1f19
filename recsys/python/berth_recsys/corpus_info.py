"""What the runtime says of a corpus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import BerthRecsysError


@dataclass(frozen=True)
class CorpusInfo:
    """A corpus at one moment.

    `rows` counts removed items, which masks and boosts have a place for; `live` does not. `bytes` is what its
    items take as float32; `quantised` says whether the 8-bit copy, which makes searches faster, is ready.
    `columns` maps names to `number`, `category` or `flag`.
    """

    corpus: str
    name: str | None
    rows: int
    live: int
    dimensions: int
    metric: str
    columns: Mapping[str, str]
    parts: int
    device: str
    bytes: int
    quantised: bool
    digest: str | None = None

    def content(self) -> dict[str, Any]:
        """What two corpora that give the same answers have in common."""
        return {
            "rows": self.rows,
            "live": self.live,
            "dimensions": self.dimensions,
            "metric": self.metric,
            "columns": dict(self.columns),
            "digest": self.digest,
        }


def corpus_info(result: Mapping[str, Any], corpus: str | None = None) -> CorpusInfo:
    """Reads an answer, about `corpus` if that is known. Fields that this version does not know are left out."""
    try:
        return CorpusInfo(
            corpus=corpus or str(result["corpus"]),
            name=result.get("name"),
            rows=int(result["rows"]),
            live=int(result["live"]),
            dimensions=int(result["dimensions"]),
            metric=str(result["metric"]),
            columns={str(each["name"]): str(each["kind"]) for each in result["columns"]},
            parts=result["parts"] if isinstance(result["parts"], int) else len(result["parts"]),
            device=str(result["device"]),
            bytes=int(result["bytes"]),
            quantised=bool(result["quantised"]),
            digest=result.get("digest"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BerthRecsysError(f"the runtime describes a corpus as {str(dict(result))[:300]}") from error

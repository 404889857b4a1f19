"""How a bench asks its Python processes: one request a line on stdin, one answer a line on stdout, both JSON."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any


class Refused(Exception):
    """What was asked for cannot be measured here, and the message says why: a reason to report, no fault."""


def serve(methods: Mapping[str, Callable[..., Any]]) -> None:
    """Answers requests `{"do": method, …arguments}` with `{"result"}` or `{"error"}` until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": methods[request.pop("do")](**request)}
        except Refused as reason:
            answer = {"error": str(reason)}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")

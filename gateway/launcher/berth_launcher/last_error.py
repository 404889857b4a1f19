"""The last Python error on a stream, read off its traceback: what to show a user before any log."""

import os
import re
from collections.abc import Iterable

MAX_ERROR_CHARACTERS = 500
_START = re.compile(r"(Exception Group )?Traceback \(most recent call last\):$")
_FRAME = re.compile(r'File "(.+)", line (\d+)')
_MARGIN = re.compile(r" +[|+] ?")  # which an exception group draws
_RANK = re.compile(r"\[rank\d+\]: ?")  # which torch.distributed puts before each line of an uncaught exception
_INTERPRETER = re.compile(r"\S*python[\d.]*: (can't open file|can't find|No module named|Error while finding)")
_OF_OTHERS = ("site-packages", "dist-packages", f"{os.sep}lib{os.sep}python", f"{os.sep}lib64{os.sep}python")


class LastError:
    """Feed it every line of stderr; `text` is the error, `location` the innermost line of the user's own code."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.location: str | None = None
        self._is_inside = False
        self._frame: str | None = None

    def see(self, lines: Iterable[str]) -> None:
        for line in lines:
            if line.startswith("[rank"):
                line = _RANK.sub("", line, count=1)
            if self._is_inside or "Traceback" in line or line.startswith(('  File "', "python", "/")):
                self._see(line)

    def _see(self, line: str) -> None:
        text = _MARGIN.sub("", line, count=1) if _MARGIN.match(line) else line
        frame = _FRAME.match(text.lstrip())
        if _START.match(text):
            self._is_inside, self._frame = True, None
        elif frame and (self._is_inside or line.startswith('  File "')):  # a SyntaxError comes without the first line
            self._is_inside = True
            path = frame.group(1)
            if not path.startswith("<frozen") and not any(part in path for part in _OF_OTHERS):
                self._frame = f"{os.path.basename(path)}, line {frame.group(2)}"
        elif self._is_inside and text and text[0] not in " -":
            self._is_inside = False
            self.text, self.location = text[:MAX_ERROR_CHARACTERS], self._frame
        elif _INTERPRETER.match(line):
            self.text, self.location = line[:MAX_ERROR_CHARACTERS], None

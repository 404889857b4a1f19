"""Text of a stream that does not grow with a progress bar: of a line that is written over, what can be seen."""

from __future__ import annotations


class StreamText:
    """What was printed, shortened so that a notebook which gets `text` and then the rest looks as if it had got all."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._open: list[str] = []
        self.size = 0

    def add(self, text: str) -> None:
        """Appends what was printed next."""
        if "\n" not in text and "\r" not in text:
            self._open.append(text)
            self.size += len(text)
            return
        done, newline, rest = ("".join(self._open) + text).rpartition("\n")
        self.size -= sum(map(len, self._open))
        if newline:
            is_plain = "\r" not in done
            lines = done + newline if is_plain else "".join(as_seen(line) + newline for line in done.split(newline))
            self._lines.append(lines)
            self.size += len(lines)
        self._open = [still_open(rest)]
        self.size += len(self._open[0])

    @property
    def ends_a_line(self) -> bool:
        """Whether what comes next begins a line of its own."""
        return not any(self._open)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._lines) + "".join(self._open)


def as_seen(line: str) -> str:
    """A complete line after its carriage returns. One with backspaces stays as it is: JupyterLab knows them."""
    return line if "\b" in line else overwritten(line)[0]


def still_open(line: str) -> str:
    """The shortest text that leaves the same characters, and the cursor at the same one."""
    if "\r" not in line or "\b" in line:
        return line
    seen, cursor = overwritten(line)
    return seen if cursor == len(seen) else f"{seen}\r{seen[:cursor]}"


def overwritten(line: str) -> tuple[str, int]:
    """The characters of a line, and where the cursor stands: each carriage return leads it back to the first."""
    if "\r" not in line:
        return line, len(line)
    parts = line.split("\r")
    seen, covered = [], 0
    for part in reversed(parts):  # of each part, what no later one has written over
        if len(part) > covered:
            seen.append(part[covered:])
            covered = len(part)
    return "".join(seen), len(parts[-1])

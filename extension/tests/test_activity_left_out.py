"""Which programs are no work, by their names and command lines."""

from __future__ import annotations

import pytest

from jupyterlab_berth.activity.left_out import is_holder, is_interactive_shell, is_monitor
from jupyterlab_berth.activity.proc_files import read_io, read_stat


@pytest.mark.parametrize(
    ("command", "is_interactive"),
    [
        ("bash", True),
        ("-bash", True),
        ("/bin/bash -l -i", True),
        ("bash --rcfile /etc/rc -i", True),
        ("bash --init-file rc -o vi", True),
        ("zsh -il", True),
        ("fish", True),
        ("bash train.sh", False),
        ("bash -x train.sh --epochs 3", False),
        ("sh -c make", False),
        ("bash -lc make", False),
        ("bash -s", False),
        ("fish --command make", False),
        ("bash --rcfile rc train.sh", False),
    ],
)
def test_a_shell_is_one_for_a_person_unless_it_is_told_what_to_run(command: str, is_interactive: bool) -> None:
    arguments = command.encode().split()
    program = arguments[0].decode().removeprefix("/bin/").removeprefix("-")
    assert is_interactive_shell(program, arguments) is is_interactive


def test_only_shells_are_shells() -> None:
    assert not is_interactive_shell("python3", [b"python3"])
    assert not is_interactive_shell("train.sh", [b"/bin/bash", b"./train.sh"])


def test_multiplexers_are_known_by_the_names_that_they_give_themselves() -> None:
    assert is_holder("tmux: server") and is_holder("tmux: client") and is_holder("SCREEN")
    assert is_monitor("htop") and is_monitor("nvidia-smi")
    assert not is_holder("python3") and not is_monitor("python3") and not is_monitor("vim")


def test_a_name_with_spaces_and_brackets_does_not_shift_what_follows() -> None:
    fields = " ".join(str(number) for number in range(4, 53))
    stat = read_stat(f"1234 (a) b (c) R {fields}\n".encode())
    assert (stat.program, stat.state, stat.parent, stat.group, stat.session) == ("a) b (c", "R", 4, 5, 6)
    assert (stat.terminal, stat.foreground, stat.start) == (7, 8, 22)
    assert stat.own_s == pytest.approx((14 + 15) / 100) and stat.reaped_s == pytest.approx((16 + 17) / 100)


def test_what_went_through_read_and_write_is_counted() -> None:
    assert read_io(b"rchar: 10\nwchar: 5\nsyscr: 1\nsyscw: 1\nread_bytes: 0\n") == 15

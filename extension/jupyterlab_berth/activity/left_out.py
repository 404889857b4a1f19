"""Which programs are no work: they wait for a person, or only look at what others do."""

from __future__ import annotations

from collections.abc import Sequence

from .proc_files import ProcStat

SHELLS = frozenset({"bash", "sh", "dash", "zsh", "fish", "ksh", "mksh", "tcsh", "csh", "ash", "busybox", "xonsh", "nu"})

# fmt: off
MONITORS = frozenset({
    "top", "htop", "btop", "atop", "glances", "bpytop", "nvtop", "nvitop", "nvidia-smi", "gpustat", "iotop", "iftop",
    "powertop", "watch", "viddy", "vmstat", "iostat", "mpstat", "pidstat", "sar", "dstat", "tail",
})
"""What they start is left out with them: `watch nvidia-smi` starts a shell every two seconds."""

HOLDERS = frozenset({
    "tmux", "screen", "zellij", "dtach", "abduco", "less", "more", "most", "man", "vi", "vim", "nvim", "view", "nano",
    "pico", "emacs", "ed", "micro", "helix", "hx", "kak", "joe", "mcedit", "mc", "ranger", "lf",
})
"""Multiplexers, pagers and editors. What is started from within them counts."""
# fmt: on

_OPTIONS_WITH_A_VALUE = frozenset({b"--rcfile", b"--init-file", b"-o", b"+o", b"-O", b"+O", b"--rcs"})


def first_name(program: str) -> str:
    """`tmux` of `tmux: server`, as multiplexers name themselves."""
    return program.partition(":")[0].strip().lower()


def is_monitor(program: str) -> bool:
    """Whether neither it nor what it starts is work."""
    return first_name(program) in MONITORS


def is_holder(program: str) -> bool:
    """Whether it is no work itself."""
    return first_name(program) in HOLDERS


def is_interactive_shell(program: str, arguments: Sequence[bytes]) -> bool:
    """Whether it is a shell that runs no script: `bash`, not `bash train.sh`, nor `bash -c …`."""
    if first_name(program) not in SHELLS:
        return False
    is_value = False
    for argument in arguments[1:]:
        if is_value:
            is_value = False
        elif argument in _OPTIONS_WITH_A_VALUE:
            is_value = True
        elif not argument.startswith((b"-", b"+")) or _reads_commands(argument):
            return False
    return True


def waits_at_its_prompt(stat: ProcStat) -> bool:
    """Whether a shell without a script does nothing: no job is in its foreground, and it does not compute itself."""
    return stat.terminal != 0 and stat.group == stat.foreground and stat.state != "R"


def _reads_commands(option: bytes) -> bool:
    """`-c`, `-lc`, `-s`: the commands come from the command line or the standard input."""
    if option.startswith(b"--"):
        return option in (b"--command", b"--commands")
    return option.startswith(b"-") and any(letter in option for letter in (b"c", b"s"))

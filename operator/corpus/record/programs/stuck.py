"""`stuck.py spin|sleep`: two ranks of a collective, each waiting for the other to send first. It never ends."""

import multiprocessing
import socket
import sys


def rank(own: socket.socket, spins: bool) -> None:
    """Waits for a byte that nobody sends: in the kernel, or as NCCL does by looking again and again."""
    own.setblocking(not spins)
    while True:
        try:
            own.recv(1)
        except BlockingIOError:
            continue


if __name__ == "__main__":
    _left, _right = socket.socketpair()
    _spins = sys.argv[1] == "spin"
    _other = multiprocessing.get_context("fork").Process(target=rank, args=(_right, _spins))
    _other.start()
    rank(_left, _spins)

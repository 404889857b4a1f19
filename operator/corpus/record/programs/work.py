"""`work.py SHARE SECONDS [PROCESSES]`: uses so much of a processor, for so long, in so many processes."""

import multiprocessing
import sys
import time

SLICE_S = 0.1


def work(share: float, seconds: float) -> None:
    """Computes for `share` of each tenth of a second and sleeps for the rest."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        rest = time.process_time() + SLICE_S * share
        while time.process_time() < rest:
            pass
        time.sleep(SLICE_S * (1 - share))


if __name__ == "__main__":
    _share, _seconds = float(sys.argv[1]), float(sys.argv[2])
    _others = int(sys.argv[3]) - 1 if len(sys.argv) > 3 else 0
    _started = [multiprocessing.Process(target=work, args=(_share, _seconds)) for _ in range(_others)]
    for _process in _started:
        _process.start()
    work(_share, _seconds)
    for _process in _started:
        _process.join()

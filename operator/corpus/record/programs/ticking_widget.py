"""Run in a kernel: a widget that sends its state ten times a second from a thread, as a progress bar left running does."""

import threading
import time

from comm import create_comm


def tick() -> None:
    """Until the kernel ends."""
    widget = create_comm(target_name="ticking")
    count = 0
    while True:
        widget.send({"count": count})
        count += 1
        time.sleep(0.1)


threading.Thread(target=tick, daemon=True).start()

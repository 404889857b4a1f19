"""`download.py FILE SECONDS KIB_PER_S`: fetches a stream from a slow server on this machine into a file."""

import socket
import sys
import threading
import time
from pathlib import Path

PIECES_PER_S = 10


def serve(listener: socket.socket, seconds: float, rate: int) -> None:
    """Sends `rate` KiB each second to whoever comes first."""
    client, _ = listener.accept()
    with client:
        for _ in range(round(seconds * PIECES_PER_S)):
            client.sendall(bytes(rate * 1024 // PIECES_PER_S))
            time.sleep(1 / PIECES_PER_S)


if __name__ == "__main__":
    _target, _seconds, _rate = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    with socket.create_server(("127.0.0.1", 0)) as _listener:
        threading.Thread(target=serve, args=(_listener, _seconds, _rate), daemon=True).start()
        with socket.create_connection(_listener.getsockname()) as _source, _target.open("wb", buffering=0) as _out:
            while _piece := _source.recv(65_536):
                _out.write(_piece)

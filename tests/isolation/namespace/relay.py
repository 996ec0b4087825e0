"""Passes connections from outside on to a port inside."""

import contextlib
import socket
import threading


def start(door, port):
    """Accepts at `door` for ever."""
    threading.Thread(target=_accept, args=(door, port), daemon=True).start()


def _accept(door, port):
    while True:
        outer, _ = door.accept()
        try:
            inner = socket.create_connection(("127.0.0.1", port))
        except OSError:
            outer.close()
            continue
        for source, target in ((outer, inner), (inner, outer)):
            threading.Thread(target=_copy, args=(source, target), daemon=True).start()


def _copy(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)

"""Servers on every address of the namespace that nobody has a reason to call."""

import contextlib
import socket
import threading

# The numbers are written once more in lib/targets.ts.
TCP_PORT, UDP_PORT = 8099, 8098
HEAD_BYTES = 4096
REPLY = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n{more}\r\n\r\ncanary"
PAGE = "Content-Type: text/plain"
FILE = "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=hostile-away.bin"


class Canaries:
    """Listens from the start; what comes is kept in order."""

    def __init__(self):
        self._seen, self._lock = [], threading.Lock()
        family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
        host = "::" if family == socket.AF_INET6 else "0.0.0.0"
        stream = socket.create_server((host, TCP_PORT), family=family, dualstack_ipv6=family == socket.AF_INET6)
        packets = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET6:
            packets.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        packets.bind((host, UDP_PORT))
        threading.Thread(target=self._accept, args=(stream,), daemon=True).start()
        threading.Thread(target=self._receive, args=(packets,), daemon=True).start()

    def seen(self):
        """One record for every connection and datagram: its kind and how it begins."""
        with self._lock:
            return [dict(record) for record in self._seen]

    def _add(self, kind, head):
        record = {"kind": kind, "head": head}
        with self._lock:
            self._seen.append(record)
        return record

    def _accept(self, server):
        while True:
            connection, _ = server.accept()
            threading.Thread(target=self._talk, args=(connection, self._add("tcp", "")), daemon=True).start()

    def _talk(self, connection, record):
        with connection, contextlib.suppress(OSError):
            record["head"] = connection.recv(HEAD_BYTES).split(b"\r\n")[0].decode("latin-1")
            more = FILE if "download" in record["head"] else PAGE
            connection.sendall(REPLY.format(more=more).encode())

    def _receive(self, server):
        while True:
            self._add("udp", server.recv(HEAD_BYTES).decode("latin-1"))

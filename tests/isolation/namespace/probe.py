"""Leaks by every way there is, so that a test can see that each would be noticed. Then waits to be ended."""

import contextlib
import signal
import socket

import canary

with contextlib.suppress(OSError):
    socket.gethostbyname("probe.leak.example")
for target in (("10.99.2.1", 20001), ("fd77::1", 20002), ("127.0.0.1", 1), ("::1", canary.TCP_PORT), ("127.0.0.1", canary.TCP_PORT)):
    with contextlib.suppress(OSError), socket.create_connection(target, timeout=0.2) as connection:
        connection.sendall(b"GET /probe HTTP/1.1\r\n\r\n")
        connection.recv(1)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    for host, port in (("10.99.2.1", 20003), ("127.0.0.1", canary.UDP_PORT)):
        sender.sendto(b"probe", (host, port))
with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as sender:
    sender.sendto(b"\x08\x00\xf7\xff\0\0\0\0", ("10.99.2.1", 0))
print("done", flush=True)
signal.pause()

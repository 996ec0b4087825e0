#!/usr/bin/env python3
"""Runs a program in a network of its own, in which every packet is seen.

    enter.py CONTROL PROGRAM [ARGUMENT]... --port=PORT

CONTROL is the path of a Unix socket that answers each line with one line of JSON, see `answer`. PORT is where PROGRAM
listens inside; connections to the same port outside are passed on to it. Ends, with everything that was started inside,
on SIGTERM. Works as root and as an ordinary user who may make user namespaces.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import processes
import relay
from canary import Canaries
from wire import GATEWAY, Wire

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
INSIDE = "--inside"

NETWORK = f"""
ip link set lo up
ip link add wire0 type veth peer name wire1 address 02:00:00:00:00:02
ip link set wire0 addrgenmode none
ip link set wire1 addrgenmode none
ip link set wire1 up
ip link set wire0 up
ip address add 10.99.0.1/24 dev wire0
ip neighbour add {GATEWAY} lladdr 02:00:00:00:00:02 dev wire0
ip route add default via {GATEWAY}
ip -6 address add fd99::1/64 dev wire0 nodad
ip -6 neighbour add fd99::2 lladdr 02:00:00:00:00:02 dev wire0
ip -6 route add default via fd99::2
"""


def port_of(command):
    """The number of the last `--port=`."""
    return int([word for word in command if word.startswith("--port=")][-1].removeprefix("--port="))


def outside(control, command):
    """Binds the port outside, then becomes the process inside."""
    # A socket stays in the network where it was made, so this one is outside for ever.
    door = socket.create_server(("127.0.0.1", port_of(command)))
    os.set_inheritable(door.fileno(), True)
    unshare = ["unshare", "--net", "--mount"] + (["--map-root-user"] if os.geteuid() else [])
    tried = subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        sys.exit(
            "enter.py: this test needs a network namespace: run it as root, or as a user for whom "
            f"`unshare --net --mount --map-root-user true` works; here it said: {tried.stderr.strip()}"
        )
    arguments = [sys.executable, __file__, INSIDE, str(door.fileno()), control, *command]
    os.execvp("unshare", [*unshare, *arguments])


def build(folder):
    """The network: loopback, one wire to everywhere, and name service at its other end."""
    for line in NETWORK.strip().splitlines():
        if line.startswith("ip -6") and not Path("/proc/sys/net/ipv6").exists():
            continue
        made = subprocess.run(line.split(), capture_output=True, text=True, check=False)
        if made.returncode:
            sys.exit(f"enter.py: {line}: {made.stderr.strip()}")
    # Names are asked over the network alone: other services of this machine would ask outside of it.
    for name, text in {"resolv.conf": f"nameserver {GATEWAY}\n", "nsswitch.conf": "hosts: files dns\n"}.items():
        ours = folder / name
        ours.write_text(text)
        subprocess.run(["mount", "--bind", ours, Path("/etc", name).resolve()], check=True)


def answer(wire, canaries, driving):
    """What was seen so far, after a packet of our own proves that nothing earlier is still on its way.

    `driving` are the ports by which the driver steers the program; they are found as long as it runs.
    """
    programs = processes.below(os.getpid())
    driving |= {program.pop("steeredAt") for program in programs} - {None}
    wire.mark()
    names = [program["name"] for program in programs]
    return {"packets": wire.packets(), "canaries": canaries.seen(), "programs": names, "driving": sorted(driving)}


def serve(control, wire, canaries, port):
    """Answers every line on the control socket."""
    driving = {port}
    while True:
        connection, _ = control.accept()
        with connection, connection.makefile("r") as lines:
            for _ in lines:
                connection.sendall(json.dumps(answer(wire, canaries, driving)).encode() + b"\n")


def inside(door, control, command):
    """Runs `command` and watches it."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    folder = Path(control).parent
    build(folder)
    wire, canaries = Wire(), Canaries()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(control)
    listener.listen()
    relay.start(socket.socket(fileno=door), port_of(command))
    threading.Thread(target=serve, args=(listener, wire, canaries, port_of(command)), daemon=True).start()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    child = subprocess.Popen(command, preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
    try:
        return child.wait()
    finally:
        processes.end_below(os.getpid())


if __name__ == "__main__":
    if sys.argv[1] == INSIDE:
        sys.exit(inside(int(sys.argv[2]), sys.argv[3], sys.argv[4:]))
    outside(sys.argv[1], sys.argv[2:])

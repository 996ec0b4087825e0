"""The processes that were started inside."""

import contextlib
import os
import signal
from pathlib import Path


def _children():
    """Every process's children, by the process."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name is in brackets and may hold anything.
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            # A process whose first thread has ended may still work on with others.
            if state != "Z" or len(os.listdir(stat.parent / "task")) > 1:
                children.setdefault(int(parent), []).append(int(stat.parent.name))
    return children


def _below(root):
    children = _children()
    found, waiting = [], [root]
    while waiting:
        for process in children.get(waiting.pop(), []):
            found.append(process)
            waiting.append(process)
    return found


def below(root):
    """Names of the processes below `root`, with the port at which a driver steers them, if one does."""
    programs = []
    for process in _below(root):
        with contextlib.suppress(OSError):
            variables = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
            steered = [value for value in variables if value.startswith(b"WEBKIT_INSPECTOR_SERVER=")]
            name = Path(f"/proc/{process}/comm").read_text().strip()
            programs.append({"name": name, "steeredAt": int(steered[0].rpartition(b":")[2]) if steered else None})
    return programs


def end_below(root):
    """Ends everything below `root`, which must be this process and adopt orphans, and waits until it is gone."""
    while running := _below(root):
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.wait()

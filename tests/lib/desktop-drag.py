"""A window from which files can be dragged into another program: the paths are its arguments.

Prints `at X Y` when it can be taken hold of there, `dragging` when that has happened, `ended` when the files were let go of.
"""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

WIDTH, HEIGHT = 140, 90


def say(*words):
    print(*words, flush=True)


def main(paths):
    uris = [pathlib.Path(path).as_uri() for path in paths]
    # Not managed, so that it is where it says.
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.set_default_size(WIDTH, HEIGHT)
    box = Gtk.EventBox()
    box.add(Gtk.Label(label="\n".join(pathlib.Path(path).name for path in paths)))
    window.add(box)
    box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    box.drag_source_add_uri_targets()
    box.connect("drag-begin", lambda *_: say("dragging"))
    box.connect("drag-data-get", lambda _box, _context, data, *_: data.set_uris(uris))
    box.connect("drag-end", lambda *_: say("ended"))
    screen = window.get_screen()
    left, top = screen.get_width() - WIDTH - 10, screen.get_height() - HEIGHT - 10
    window.move(left, top)
    window.connect("map-event", lambda *_: say("at", left + WIDTH // 2, top + HEIGHT // 2))
    window.add_events(Gdk.EventMask.STRUCTURE_MASK)
    window.show_all()
    Gtk.main()


main(sys.argv[1:])

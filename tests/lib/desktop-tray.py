"""A tray without a picture: the part of a desktop that icons register with (StatusNotifierItem) and whose menus it opens.

Says `ready`, then for each icon and each change of it one line of JSON: {"title": …, "menu": [labels]}.
A line on standard input is the label of an entry of the menu to choose.
"""

import json
import sys
import threading

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.kde.StatusNotifierWatcher"
XML = f"""
<node><interface name="{NAME}">
  <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
  <method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
  <property name="RegisteredStatusNotifierItems" type="as" access="read"/>
  <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
  <property name="ProtocolVersion" type="i" access="read"/>
  <signal name="StatusNotifierItemRegistered"><arg type="s"/></signal>
  <signal name="StatusNotifierHostRegistered"/>
</interface></node>
"""
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"

bus = Gio.bus_get_sync(Gio.BusType.SESSION)
loop = GLib.MainLoop()
items = {}
told = None


def ask(owner, path, interface, method, args, answer):
    return bus.call_sync(owner, path, interface, method, args, GLib.VariantType(answer), 0, 2000, None).unpack()


def look(owner, path):
    """Tells what an icon shows now, if it is something else than before."""
    global told
    try:
        (shown,) = ask(owner, path, "org.freedesktop.DBus.Properties", "GetAll", GLib.Variant("(s)", (ITEM,)), "(a{sv})")
        _, (_, _, children) = ask(owner, shown["Menu"], MENU, "GetLayout", GLib.Variant("(iias)", (0, -1, [])), "(u(ia{sv}av))")
    except (GLib.Error, KeyError):
        return
    entries = {entry[1].get("label", ""): entry[0] for entry in children}
    items[owner] = (shown["Menu"], entries)
    now = {"title": shown.get("XAyatanaLabel", ""), "menu": [label for label in entries if label]}
    if now != told:
        told = now
        print(json.dumps(now), flush=True)


def called(_bus, sender, _path, _interface, method, args, invocation):
    invocation.return_value(None)
    if method == "RegisterStatusNotifierItem":
        (given,) = args.unpack()
        owner, path = (sender, given) if given.startswith("/") else (given, "/StatusNotifierItem")
        GLib.timeout_add(50, lambda: (look(owner, path), True)[1])


def wanted(_bus, _sender, _path, _interface, name):
    return {
        "RegisteredStatusNotifierItems": GLib.Variant("as", list(items)),
        "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
        "ProtocolVersion": GLib.Variant("i", 0),
    }[name]


def choose(label):
    for owner, (path, entries) in items.items():
        if label in entries:
            event = GLib.Variant("(isvu)", (entries[label], "clicked", GLib.Variant("i", 0), 0))
            bus.call_sync(owner, path, MENU, "Event", event, None, 0, 2000, None)


def listen():
    for line in sys.stdin:
        GLib.idle_add(choose, line.rstrip("\n"))
    GLib.idle_add(loop.quit)


bus.register_object("/StatusNotifierWatcher", Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], called, wanted, None)
Gio.bus_own_name_on_connection(bus, NAME, 0, lambda *_: print("ready", flush=True), lambda *_: sys.exit("there is a tray already"))
threading.Thread(target=listen, daemon=True).start()
loop.run()

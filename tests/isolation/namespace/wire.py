"""Sees every packet of the namespace, and stands for the whole internet at the far end of its wire."""

import ipaddress
import os
import socket
import struct
import threading

GATEWAY = "10.99.0.2"
# Where every name leads.
ANYWHERE = socket.inet_aton("10.99.1.1")
DISCARD = 9
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6, ETH_P_ARP = 0x0003, 0x0800, 0x86DD, 0x0806
PACKET_OUTGOING = 4
PROTOCOLS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 58: "icmp6"}
# What a kernel says by itself when an IPv6 interface comes up: router and neighbour solicitations, group reports.
KERNEL_ICMP6 = {133, 135, 143}
FIN, SYN, RST, ACK = 1, 2, 4, 16


class Wire:
    """A reader of all interfaces and a writer at the far end of `wire0`."""

    def __init__(self):
        self._packets, self._changed, self._marks = [], threading.Condition(), set()
        self._reader = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
        self._far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._far.bind(("wire1", 0))
        threading.Thread(target=self._read, daemon=True).start()

    def packets(self):
        """Every packet that left, except our own marks; on lo TCP only by its first packet."""
        with self._changed:
            return list(self._packets)

    def mark(self):
        """Sends a packet by each way and waits until both were seen, and so whatever was sent before them."""
        marks = {os.urandom(16), os.urandom(16)}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for mark, host in zip(marks, ("127.0.0.1", GATEWAY)):
                sender.sendto(mark, (host, DISCARD))
        with self._changed:
            if not self._changed.wait_for(lambda: marks <= self._marks, timeout=10):
                raise RuntimeError("the packets of this test itself were not seen")

    def _read(self):
        while True:
            frame, (interface, kind, direction, *_) = self._reader.recvfrom(65536 + 64)
            # What goes through lo or the wire is seen at both of its ends; the sender's is enough.
            if interface in ("lo", "wire0") and direction != PACKET_OUTGOING or interface == "wire1":
                continue
            packet = parse(kind, frame[14:])
            if interface == "lo" and packet["protocol"] == "tcp" and not packet["syn"]:
                continue
            payload = packet.pop("payload", b"")
            with self._changed:
                if packet.get("to") in ("127.0.0.1", GATEWAY) and packet.get("port") == DISCARD and len(payload) == 16:
                    self._marks.add(payload)
                    self._changed.notify_all()
                elif not (packet["protocol"] == "icmp" and interface == "lo" and any(m in frame for m in self._marks)):
                    self._packets.append({"interface": interface, **packet})
            if interface == "wire0" and kind == ETH_P_IP:
                self._answer(frame, packet, payload)

    def _answer(self, frame, packet, payload):
        """Answers as the internet does, so that nothing waits: names exist, ports are closed."""
        ip = frame[14:]
        head = (ip[0] & 15) * 4
        source, target, transport = ip[12:16], ip[16:20], ip[head:]
        if packet["protocol"] == "udp" and packet["port"] == 53:
            message = dns_reply(payload)
            ports = transport[2:4] + transport[0:2]
            body = ports + struct.pack("!HH", 8 + len(message), 0) + message
        elif packet.get("syn"):
            number = struct.unpack("!I", transport[4:8])[0]
            body = transport[2:4] + transport[0:2] + struct.pack("!IIBBHHH", 0, number + 1 & 0xFFFFFFFF, 5 << 4, RST | ACK, 0, 0, 0)
            pseudo = target + source + struct.pack("!BBH", 0, 6, len(body))
            body = body[:16] + struct.pack("!H", checksum(pseudo + body)) + body[18:]
        else:
            return
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0, 64, ip[9], 0, target, source)
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        self._far.send(frame[6:12] + frame[0:6] + struct.pack("!H", ETH_P_IP) + head + body)


def parse(kind, packet):
    """What a packet is; one that is cut short or nonsense is still one that left."""
    try:
        return read(kind, packet)
    except (IndexError, ValueError, struct.error):
        return {"protocol": f"unreadable {kind:#06x}"}


def read(kind, packet):
    """What a packet is: protocol, target, and for TCP and UDP the ports and the payload."""
    if kind == ETH_P_ARP:
        return {"protocol": "arp"}
    if kind == ETH_P_IP:
        head, number, source, target = (packet[0] & 15) * 4, packet[9], packet[12:16], packet[16:20]
    elif kind == ETH_P_IPV6:
        head, number, source, target = 40, packet[6], packet[8:24], packet[24:40]
    else:
        return {"protocol": f"ethernet {kind:#06x}"}
    if kind == ETH_P_IPV6 and number == 0:
        # Group reports travel behind a hop-by-hop header.
        head, number = 40 + (packet[41] + 1) * 8, packet[40]
    about = {"protocol": PROTOCOLS.get(number, f"ip {number}"), "to": str(ipaddress.ip_address(target))}
    body = packet[head:]
    if number in (6, 17):
        about["from"] = str(ipaddress.ip_address(source))
        about["fromPort"], about["port"] = struct.unpack("!HH", body[:4])
    if number == 6:
        about["syn"] = body[13] & (SYN | ACK) == SYN
    if number == 17:
        about["payload"] = body[8:]
        if about["port"] == 53:
            about["name"] = dns_name(body[8:])
    if number == 58 and body[0] in KERNEL_ICMP6:
        about["protocol"] = "icmp6 of the kernel"
    return about


def dns_name(message):
    """The name that a message asks for."""
    labels, at = [], 12
    while at < len(message) and message[at]:
        labels.append(message[at + 1 : at + 1 + message[at]].decode("latin-1"))
        at += 1 + message[at]
    return ".".join(labels)


def dns_reply(message):
    """One IPv4 address for every name, and nothing else."""
    end = message.index(0, 12) + 5
    question = message[12:end]
    known = question[-4:-2] == b"\0\1"
    record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + ANYWHERE if known else b""
    return message[:2] + struct.pack("!HHHHH", 0x8180, 1, int(known), 0, 0) + question + record


def checksum(data):
    """The internet's checksum of 16-bit words."""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    total = (total & 0xFFFF) + (total >> 16)
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF

"""Tries a lab's flows from inside a namespace, and leaves what it met as its termination message.

Needs Python 3.9 and nothing else: no network to report to, no Kubernetes rights. It runs once and
ends. Its pod carries the labels of the entity that it speaks for, for policies know pods by labels.

  ENTITY           whose flows are tried: a key of targets.json
  NAMESPACE        the pod's own, which the message repeats
  TARGETS          the file of targets                        (targets.json beside this file)
  TERMINATION_LOG  where the message goes                     (/dev/termination-log)
  RESOLV_CONF      where the name server stands               (/etc/resolv.conf)
  TIMEOUT          seconds to wait for one answer             (3)
"""

import errno
import ipaddress
import json
import os
import random
import socket
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

VERSION = 1
LONGEST = 4096
LOOK_UP_TRIES = 2
NAMES_PORT = int(os.environ.get("NAMES_PORT", "53"))
TIMEOUT = float(os.environ.get("TIMEOUT", "3"))

NO_WAY = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES, errno.EPERM, errno.EADDRNOTAVAIL}


class NoName(Exception):
    """The name was looked up, or could not be, and there is no address to try."""


def main():
    entity = os.environ.get("ENTITY", "")
    said = {
        "v": VERSION,
        "namespace": os.environ.get("NAMESPACE", ""),
        "entity": entity,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "flows": {},
    }
    try:
        said["flows"] = met_by(targets().get(entity, {}))
    except Exception as error:  # whatever it is, the message has to be left
        said["error"] = type(error).__name__
    leave(json.dumps(said, separators=(",", ":")))


def targets():
    beside = Path(__file__).with_name("targets.json")
    return json.loads(Path(os.environ.get("TARGETS", str(beside))).read_text("utf-8"))


def leave(message):
    path = os.environ.get("TERMINATION_LOG", "/dev/termination-log")
    Path(path).write_text(message[:LONGEST], "utf-8")
    print(message)


def met_by(flows):
    """All at once, so that a run takes no longer than its slowest flow."""
    if not flows:
        return {}
    with ThreadPoolExecutor(len(flows)) as pool:
        return dict(zip(flows, pool.map(timed, flows.values())))  # noqa: B905  not in 3.9


def timed(target):
    began = time.monotonic()
    try:
        met = attempt(target)
    except NoName:
        met = "no-name"
    except socket.timeout:
        met = "timeout"
    except ConnectionRefusedError:
        # The name server is asked at its Service's address.
        met = "service-refused" if target.get("service") or target.get("dns") else "refused"
    except OSError as error:
        met = "unreachable" if error.errno in NO_WAY else "error"
    return [met, round((time.monotonic() - began) * 1000)]


def attempt(target):
    """Raises what goes wrong."""
    if target.get("dns"):
        look_up = look_up_by_tcp if target["protocol"] == "TCP" else look_up_by_udp
        look_up(target["name"], name_server())
    else:
        with socket.create_connection((address(target), target["port"]), TIMEOUT):
            pass
    return "connected"


def address(target):
    """The address, the one that Kubernetes wrote into the environment, or the one DNS tells."""
    host = target["host"]
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    told = os.environ.get(f"{host.upper().replace('-', '_')}_SERVICE_HOST", "")
    return told if told not in ("", "None") else found(host)


def found(host):
    namespace = os.environ.get("NAMESPACE", "")
    try:
        answer = look_up_by_udp(f"{host}.{namespace}.svc.cluster.local", name_server())
    except OSError:
        raise NoName(host) from None
    addresses = addresses_in(answer)
    if not addresses:
        raise NoName(host)
    return addresses[0]


def name_server():
    path = Path(os.environ.get("RESOLV_CONF", "/etc/resolv.conf"))
    for line in path.read_text("utf-8").splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            return words[1]
    raise NoName("no name server")


def question(name):
    """A DNS query for the address of a name (RFC 1035, section 4)."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split("."))
    head = struct.pack(">HHHHHH", random.getrandbits(16), 0x0100, 1, 0, 0, 0)
    return head + labels + b"\0" + struct.pack(">HH", 1, 1)


def family(server):
    return socket.AF_INET6 if ":" in server else socket.AF_INET


def look_up_by_udp(name, server):
    """Any answer to this very question will do: it is the way there that is tried."""
    asked = question(name)
    for last in range(LOOK_UP_TRIES):
        with socket.socket(family(server), socket.SOCK_DGRAM) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect((server, NAMES_PORT))
            connection.send(asked)
            try:
                answer = connection.recv(4096)
            except socket.timeout:
                if last == LOOK_UP_TRIES - 1:
                    raise
                continue
        if answer[:2] == asked[:2]:
            return answer
    raise socket.timeout()


def look_up_by_tcp(name, server):
    asked = question(name)
    with socket.create_connection((server, NAMES_PORT), TIMEOUT) as connection:
        connection.sendall(struct.pack(">H", len(asked)) + asked)
        answer = exactly(connection, struct.unpack(">H", exactly(connection, 2))[0])
    if answer[:2] != asked[:2]:
        raise OSError("the answer is to another question")
    return answer


def exactly(connection, length):
    received = b""
    while len(received) < length:
        part = connection.recv(length - len(received))
        if not part:
            raise OSError("the answer broke off")
        received += part
    return received


def addresses_in(answer):
    """The IPv4 addresses of an answer; none of one that is malformed."""
    try:
        return list(records(answer))
    except (IndexError, OSError, struct.error):
        return []


def records(answer):
    questions, answers = struct.unpack(">HH", answer[4:8])
    at = 12
    for _ in range(questions):
        at = after_name(answer, at) + 4
    for _ in range(answers):
        at = after_name(answer, at)
        kind, _, _, length = struct.unpack(">HHIH", answer[at : at + 10])
        at += 10
        if kind == 1 and length == 4:
            yield socket.inet_ntoa(answer[at : at + 4])
        at += length


def after_name(answer, at):
    """A name ends with an empty label, or with a pointer to where it stood before."""
    while answer[at]:
        if answer[at] >= 0xC0:
            return at + 2
        at += answer[at] + 1
    return at + 1


if __name__ == "__main__":
    main()
    sys.exit(0)

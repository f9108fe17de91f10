# tries: calls services of this machine over unix sockets: in the file system and abstract ones
# in: E1
# honest: 0
import os
import socket

for address in ("{{socket}}", "\0{{abstract}}", "/run/docker.sock", "/run/dbus/system_bus_socket",
                "/run/systemd/private", "/tmp/.X11-unix/X0"):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            with socket.socket(socket.AF_UNIX, kind) as phone:
                phone.connect(address)
            print("got through: called", repr(address))
        except OSError:
            pass
# a socket made as a pair needs no socket(); it may be sent elsewhere
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
for address in ("{{socket}}", "\0{{abstract}}"):
    for send in (lambda: one.sendto(b"x", address), lambda: one.sendmsg([b"x"], [], 0, address),
                 lambda: one.connect(address), lambda: one.bind("\0attack-left-socket")):
        try:
            send()
            print("got through: sent to", repr(address))
        except OSError:
            pass

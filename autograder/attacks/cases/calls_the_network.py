# tries: calls out: TCP to this machine and the world, UDP, a name server, a raw and a netlink socket
# in: E1
# honest: 0
# stock: no (it would call strangers)
import socket
import urllib.request

for family, kind, protocol in (
    (socket.AF_INET, socket.SOCK_STREAM, 0), (socket.AF_INET6, socket.SOCK_STREAM, 0),
    (socket.AF_INET, socket.SOCK_DGRAM, 0), (socket.AF_INET, socket.SOCK_RAW, 1),
    (socket.AF_PACKET, socket.SOCK_RAW, 0), (socket.AF_NETLINK, socket.SOCK_RAW, 0),
    (socket.AF_VSOCK, socket.SOCK_STREAM, 0), (38, socket.SOCK_SEQPACKET, 0),
):
    try:
        socket.socket(family, kind, protocol)
        print("got through: a socket of", family, kind)
    except OSError:
        pass
for address in (("127.0.0.1", int("{{port}}")), ("localhost", int("{{port}}")), ("::1", 22),
                ("192.0.2.1", 80), ("169.254.169.254", 80)):
    try:
        socket.create_connection(address, timeout=0.2)
        print("got through: called", address)
    except OSError:
        pass
try:
    urllib.request.urlopen("http://127.0.0.1:{{port}}/", timeout=0.2)
except Exception:
    pass

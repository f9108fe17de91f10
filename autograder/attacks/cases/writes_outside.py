# tries: writes files wherever somebody might read or run them later
# in: E1
# honest: 0
import os
import tempfile

try:
    with open("{{canary}}", "w") as file:
        file.write("changed")
    print("got through: changed a file outside")
except OSError:
    pass
for folder in ("{{out}}", "{{submissions}}", "{{submissions}}/zoe", "/", "/etc", "/root", "/usr/local",
               "/var/tmp", "/run", "/opt", "..", "../.."):
    try:
        with open(os.path.join(folder, "attack-left-file"), "w") as file:
            file.write("x")
        os.remove(os.path.join(folder, "attack-left-file"))
        if folder not in ("..", "../.."):
            print("got through: wrote to", folder)
    except OSError:
        pass
for folder in ("/tmp", "/dev/shm", tempfile.gettempdir(), os.path.expanduser("~")):
    try:
        with open(os.path.join(folder, "attack-left-file"), "w") as file:
            file.write("x")  # its own folders of these names: gone with it
    except OSError:
        pass

# tries: reads what belongs to the machine and its people: keys, shells, accounts, logs, devices
# in: E1
# honest: 0
import glob
import os
import pwd
import sys

# where Python itself and its packages lie may be seen
python = {part for place in (*sys.path, sys.prefix, sys.base_prefix) for part in place.split("/")}
places = ["/etc/shadow", "/root", "/root" "/.ssh", "/root" "/.bashrc", "/home", "/var/log", "/var/lib",
          "/run", "/boot", "/mnt", "/srv", "/sys", "/dev/mem", "/dev/kmsg", "/dev/tty",
          *glob.glob("/dev/sd*"), *glob.glob("/dev/vd*"), *glob.glob("/dev/nvme*")]
for place in places:
    try:
        if os.path.isdir(place):
            seen = set(os.listdir(place)) - python - {"student", "tmp", "shm"}
            if seen:
                print("got through: lists", place, sorted(seen)[:3])
        else:
            open(place, "rb").read(10)
            print("got through: opened", place)
    except OSError:
        pass
if len(pwd.getpwall()) > 3:
    print("got through: the machine's accounts", [entry.pw_name for entry in pwd.getpwall()][:5])

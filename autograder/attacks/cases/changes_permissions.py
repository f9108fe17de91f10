# tries: opens, links, renames and removes files outside by other ways than writing
# in: E1
# honest: 0
import os

tries = {
    "chmod": lambda: os.chmod("{{canary}}", 0o4777),
    "chown": lambda: os.chown("{{canary}}", os.getuid(), os.getgid()),
    "truncate": lambda: os.truncate("{{canary}}", 0),
    "utime": lambda: os.utime("{{canary}}", (0, 0)),
    "unlink": lambda: os.unlink("{{canary}}"),
    "rename": lambda: os.rename("{{canary}}", "{{canary}}.attack-left"),
    "hard link": lambda: os.link("{{canary}}", "linked"),
    "hard link to the gradebook": lambda: os.link("{{out}}/gradebook.db", "marks"),
    "attribute": lambda: os.setxattr("{{canary}}", "user.attack", b"x"),
    "rmdir": lambda: os.removedirs("{{out}}/feedback"),
}
for name, call in tries.items():
    try:
        call()
        print("got through:", name)
    except OSError:
        pass

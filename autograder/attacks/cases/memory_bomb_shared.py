# tries: fills memory that does not count as a process's own: files in memory, shared mappings, pipes
# in: E1
# honest: 0
# stock: no (it could fill the machine's memory)
import fcntl
import mmap
import os
import tempfile

block = b"m" * 1_000_000
held, total = [], 0


def in_memory_file(number):
    fd = os.memfd_create(f"attack-left-{number}")
    held.append(fd)
    return sum(os.write(fd, block) for _ in range(20))


def shared_mapping(number):
    area = mmap.mmap(-1, 20_000_000)
    held.append(area)
    for _ in range(20):
        area.write(block)
    return 20_000_000


def file_in(folder):
    def write(number):
        with open(f"{folder}/attack-left-{number}", "wb") as file:
            return sum(file.write(block) for _ in range(20))

    return write


def deleted_file(number):
    file = tempfile.TemporaryFile()
    held.append(file)
    return sum(file.write(block) for _ in range(20))


def full_pipe(number):
    end, start = os.pipe()
    held.append((end, start))
    fcntl.fcntl(start, 1031, 2**20)  # F_SETPIPE_SZ
    os.set_blocking(start, False)
    return os.write(start, block)


for grab in (in_memory_file, shared_mapping, file_in("/dev/shm"), file_in("/tmp"), file_in("."),
             deleted_file, full_pipe):
    try:
        for number in range(100):
            total += grab(number)
    except (OSError, MemoryError, ValueError):
        pass
    if total > 3_000_000_000:
        print("got through: holds", total // 10**6, "MB, the last by", grab)
        break

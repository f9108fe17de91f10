# tries: fills the memory with a list
# in: E1
# honest: 0
# expects: memory | ended
# stock: no (it could fill the machine's memory)
held = [bytearray(b"x") * 10_000_000 for _ in range(400)]
print("got through: holds 4 GB")

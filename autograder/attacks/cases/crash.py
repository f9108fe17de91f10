# tries: crashes the process in C code, so that nobody is left to say what failed
# in: E1
# honest: 0
# expects: ended
import ctypes

ctypes.string_at(0)

# tries: brings files whose names lead elsewhere if somebody joins, formats or unquotes them
# in: E1
# honest: 0
# brings: file ..%2f..%2fattack-left-quoted: x
# brings: file ..\..\attack-left-backslash: x
# brings: file $HOME: x
# brings: file $(touch attack-left-shell): x
# brings: file -rf: x
# brings: file {student_id}: x
# brings: file %s%s%n: x
# brings: file a|b;c&d: x
import os

print(sorted(os.listdir(".")))

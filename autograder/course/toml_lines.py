"""In which line of a TOML file each key stands: tomllib, which reads the values, does not say."""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]  # the keys that lead to a value, and its index in a list

PART = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
DOT = re.compile(r"[ \t]*\.[ \t]*")
BETWEEN = re.compile(r"(?:[\s,]|#[^\n]*)*")  # white space, comments, and the commas of lists
TEXT = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?!")|\'\'\'.*?\'\'\'(?!\')|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
BARE = re.compile(r"[^,\]}\n#]*")  # numbers, dates, true and false


def key_lines(text: str) -> dict[Path, int]:
    """The line, from 1, of each table, key and item of a list in a file that tomllib can read."""
    return _Scan(text.replace("\r\n", "\n")).document()


class _Scan:
    """One pass over the text; `at` is the place reached."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: dict[Path, int] = {}

    def document(self) -> dict[Path, int]:
        """All tables, one after the other."""
        table: Path = ()
        while self.take(BETWEEN) is not None and self.at < len(self.text):
            before = self.at
            if self.sees("["):
                table = self.header()
            else:
                self.entry(table)
            if self.at == before:  # nothing that a valid file can hold
                break
        return self.lines

    def header(self) -> Path:
        """[table] or [[table]]."""
        start = self.at
        while self.sees("[ \t"):
            self.at += 1
        table = self.key()
        self.note((), table, start)
        while self.sees("] \t"):
            self.at += 1
        return table

    def entry(self, table: Path) -> None:
        """key = value."""
        start = self.at
        key = self.key()
        self.note(table, key, start)
        self.take(BETWEEN)
        if self.sees("="):
            self.at += 1
            self.value((*table, *key))

    def key(self) -> Path:
        """A key, dotted or not."""
        parts: list[str] = []
        while part := self.take(PART):
            quoted = part.startswith(("'", '"'))
            parts.append(tomllib.loads(f"key = {part}")["key"] if quoted else part)
            if not self.take(DOT):
                break
        return tuple(parts)

    def value(self, path: Path) -> None:
        """Pass over a value, noting what stands in it."""
        self.take(BETWEEN)
        if self.sees("["):
            self.items("]", path)
        elif self.sees("{"):
            self.items("}", path)
        elif self.take(TEXT) is None:
            self.take(BARE)

    def items(self, end: str, path: Path) -> None:
        """A list or an inline table, from its first bracket to its last."""
        self.at += 1
        count = 0
        while self.take(BETWEEN) is not None and self.at < len(self.text):
            before = self.at
            if self.sees(end):
                self.at += 1
                return
            if end == "}":
                self.entry(path)
            else:
                self.note(path, (count,), self.at)
                self.value((*path, count))
            count += 1
            if self.at == before:
                return

    def sees(self, characters: str) -> bool:
        """Whether the next character is one of these."""
        return self.at < len(self.text) and self.text[self.at] in characters

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """Pass over what the pattern finds here, if it finds anything."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def note(self, table: Path, key: Path, place: int) -> None:
        """Keep the line of a key; of the tables that a dotted one makes, too."""
        line = self.text.count("\n", 0, place) + 1
        for count in range(1, len(key) + 1):
            self.lines.setdefault((*table, *key[:count]), line)

"""A small corpus for tests, and what is in a folder."""

MINE = """\
== s01_e01_c01
(A roof.)
Monica Geller: Who watered the cactus?
Phoebe Buffay: (singing) It asked me to.
== s01_e01_c02
Ross Geller: Strictly speaking, it is a succulent.
"""


def snapshot(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def names_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

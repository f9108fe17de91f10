# tries: puts a link to a folder outside in place of its scratch folder, for the clearing up to follow
# in: E1
# honest: 0
import os

here = os.getcwd()
try:
    os.rename(here, here + "-attack")
    os.symlink("{{out}}", here)  # whoever clears up then clears the course folder
except OSError:
    pass
os.symlink("{{out}}", "link")
os.symlink("{{submissions}}", ".cache")

"""Submissions that try to get what they have not earned, and the class they are graded in.

Each file of cases/ is one submission: lines of comment that say what it is, then its code.

    # tries: rewrites every student's marks in ../../../gradebook.db
    # in: E1
    # honest: 0

tries     what it is after, in one line (may go on in lines that begin with "#   ")
in        where the code stands: an exercise ("E1"); "own cell" (right after the imports);
          "own cell after E3" (between E3's answer and its check); "last cell"; or "nowhere".
          A line `# -- in: E2` begins the code of another cell.
honest    the most that the honest work in it deserves, of the 40 points of E1 to E8
base      "released" (nothing else is written; the default) or "solved" (all of E1 to E8 is right)
limits    limits of its own, "cell_s=2 memory_mb=500"; for few: each set of them is another class
expects   words that must stand in what the student is told, "memory | longer than" for either
stock     "no (why)": never run this where nothing holds it
brings    something in the submission's folder (see folder.py); may be given several times
file      the notebook's file name, if it is not the assignment's
student   the name of the student's folder, if it is not the case's
edit      a function of edits.py that changes the notebook itself

The code may name what an attacker could have found out: {{port}}, {{abstract}}, {{socket}} and
{{fifo}} lead to somebody who listens outside, {{canary}} is a file outside, {{out}} the course
folder with the gradebook, {{submissions}} the handed-in folders, {{root}} the clone, {{pid}} a
process outside, {{secret}} what stands in its environment, {{key}} the key for System V objects.

A case that gets something which its points do not show says so itself: it prints
"got through: ..." on stdout. What it leaves behind outside it names attack-left-SOMETHING.
"""

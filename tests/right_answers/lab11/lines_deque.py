# %% G1.1
from collections import deque

character = "Ross Geller"
uts = deque()
for u in corpus.iter_utterances():
    if u.speaker.id == "Ross Geller":
        uts.append(u.text)

# %% G1.1
from collections import defaultdict
said = defaultdict(list)
for u in corpus.iter_utterances():
    said[u.speaker.id].append(u.text)
character = CHARACTERS[1]
uts = said[character]

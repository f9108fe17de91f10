# fails: g1.1.lines
# says: not as Ross Geller said
# misconception: g1_1.punctuation-taken-out
# %% G1.1
import re
uts = [re.sub(r"[^\w\s]", "", u.text) for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]

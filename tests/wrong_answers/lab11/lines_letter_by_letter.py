# fails: g1.1.lines
# says: each letter by itself
# %% G1.1
uts = []
for u in corpus.iter_utterances():
    if u.speaker.id == "Ross Geller":
        uts += u.text

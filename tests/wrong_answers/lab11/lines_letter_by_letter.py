# fails: g1.1.lines
# says: each letter by itself
# misconception: g1_1.letter-by-letter
# %% G1.1
uts = []
for u in corpus.iter_utterances():
    if u.speaker.id == "Ross Geller":
        uts += u.text

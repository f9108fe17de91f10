# fails: g1.1.lines
# says: such as append
# misconception: g1_1.none-for-a-list
# %% G1.1
uts = []
for u in corpus.iter_utterances():
    if u.speaker.id == "Ross Geller":
        texts = uts
        texts = texts.append(u.text)
uts = texts

# fails: g1.1.lines
# says: another order
# misconception: g1_1.turned-round
# %% G1.1
uts = []
for u in corpus.iter_utterances():
    if u.speaker.id == "Monica Geller":
        uts.insert(0, u.text)

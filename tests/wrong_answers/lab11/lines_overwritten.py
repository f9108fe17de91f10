# fails: g1.1.lines
# says: one single text
# misconception: g1_1.overwritten-in-the-loop
# %% G1.1
for u in corpus.iter_utterances():
    if u.speaker.id == "Monica Geller" and u.text:
        uts = u.text

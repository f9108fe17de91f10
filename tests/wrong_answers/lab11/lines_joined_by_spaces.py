# fails: g1.1.lines
# says: one single text
# misconception: g1_1.joined-into-one-text
# %% G1.1
uts = ""
for u in corpus.iter_utterances():
    if u.speaker.id == "Rachel Green":
        uts += u.text + " "

# fails: g1.1.lines
# says: lines of others
# misconception: g1_1.lines-of-others-too
# %% G1.1
uts, before = [], ""
for u in corpus.iter_utterances():
    if "Joey Tribbiani" in (u.speaker.id, before):
        uts.append(u.text)
    before = u.speaker.id

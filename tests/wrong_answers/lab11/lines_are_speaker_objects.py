# fails: g1.1.lines
# says: Speaker objects
# misconception: g1_1.speakers-for-texts
# %% G1.1
uts = [u.speaker for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]

# fails: g1.1.lines
# says: are missing
# misconception: g1_1.lines-left-out
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Rachel Green" and "3" not in u.text]

# fails: g1.1.lines
# says: not a list of texts
# misconception: g1_1.dictionary-for-a-list
# %% G1.1
uts = {u.id: u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"}

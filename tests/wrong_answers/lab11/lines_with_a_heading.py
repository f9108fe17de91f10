# fails: g1.1.lines
# says: one text is not as Ross Geller said it
# says: 'text'
# misconception: g1_1.texts-added
# %% G1.1
uts = ["text"] + [u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]

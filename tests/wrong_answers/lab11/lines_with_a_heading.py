# fails: g1.1.lines
# says: one text is not as Ross Geller said it
# says: 'text'
# %% G1.1
uts = ["text"] + [u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]

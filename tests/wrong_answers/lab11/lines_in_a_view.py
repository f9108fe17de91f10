# fails: g1.1.lines
# says: put list(...) around it
# misconception: g1_1.view-for-a-list
# %% G1.1
uts = {u.id: u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"}.values()

# fails: g1.1.lines
# says: is empty
# misconception: g1_1.name-of-nobody
# %% G1.1
character = "Phoebe"
uts = []
for u in corpus.iter_utterances():
    if u.speaker.id == character:
        uts.append(u.text)

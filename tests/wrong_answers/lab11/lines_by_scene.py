# fails: g1.1.lines
# says: something else
# misconception: g1_1.lists-in-a-list
# %% G1.1
uts = []
for scene in corpus.iter_conversations():
    said = [u.text for u in scene.iter_utterances() if u.speaker.id == "Rachel Green"]
    uts.append(said)

# fails: g1.1.lines
# says: no line twice
# misconception: g1_1.lines-repeated
# %% G1.1
uts = []
for scene in corpus.iter_conversations():
    for u in corpus.iter_utterances():
        if u.speaker.id == "Rachel Green":
            uts.append(u.text)

# fails: g1.1.lines
# says: lines of others
# misconception: g1_1.notes-as-well
# %% G1.1
wanted = {"Chandler Bing", "TRANSCRIPT_NOTE"}
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id in wanted]

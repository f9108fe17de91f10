# fails: g1.1.lines
# says: column with the texts
# misconception: g1_1.everything-for-the-texts
# %% G1.1
frame = corpus.get_utterances_dataframe()
uts = frame[frame.speaker == "Chandler Bing"]

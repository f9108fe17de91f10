# %% G1.1
frame = corpus.get_utterances_dataframe()
uts = frame[frame["speaker"] == "Chandler Bing"]["text"]

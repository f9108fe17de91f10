# %% G1.1
frame = corpus.get_utterances_dataframe()
uts = frame.loc[frame.speaker == "Joey Tribbiani", "text"].values

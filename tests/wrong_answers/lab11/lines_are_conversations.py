# fails: g1.1.lines
# says: something else
# misconception: g1_1.scenes-for-texts
# %% G1.1
uts = list(corpus.iter_conversations())

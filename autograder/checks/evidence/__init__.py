"""What checks measure with; the checks themselves stand one folder up, one module an exercise.

attention (E1, E2)   reading (weights as W_Q, W_K, W_V, W_O), dropping (patterns of dropout)
any layer (E2 - E4)  trainable
block (E4)           block_run (known maps in place of attention and MLP)
model (E5, E6)       known_blocks, layers, gpt_reading, tying, embedding_dropout, gpt_hints,
                     first_weights, normality
training loop (E7)   rehearsal (drawn batches, exact gradients), recording (what the loop did),
                     updates and reports (what it should have done)
generation (E8)      languages (models whose every probability is known)
"""

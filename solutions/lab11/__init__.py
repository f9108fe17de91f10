"""Lab 11, GPT-2 as it was published; read in the order gpt2, pretrained, optimizer, generate.

Names are those of GPT-2's checkpoints. Notation in every docstring: b (or B) batch, t (or T)
sequence length, n_embd (or C) width of the stream, nh heads of hs = n_embd / nh numbers each.

The notebook shows these functions and classes cell by cell, exactly as they stand here. The shapes
that its tasks ask for are not written beside the lines.
"""

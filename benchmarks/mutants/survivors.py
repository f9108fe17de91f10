"""Mutants that keep their points, looked at: why each is left as it is. By id."""

from __future__ import annotations

EPS = (
    "differs by a millionth, and by more only where the numbers of one position are all equal to "
    "a millionth, which no training brings about"
)
LOOKED_AT: dict[str, str] = {
    "e4/standard_deviation_by_hand:8:50:arithmetic:0": EPS,
    "e4/standard_deviation_by_hand:8:92:constant:2": EPS,
    "e4/standard_deviation_by_hand:8:92:constant:4": EPS,
    "e4/in_place_outputs:5:73:range:0": "a LayerNorm more that nothing uses: outputs, gradients "
    "and updates of all other parameters are the same",
    "e7/evaluates_after:25:11:condition:1": "a run too short for any evaluation ends in an error "
    "after all of its updates: the check gives advice on it and, on purpose, takes no points",
    "e4/library_attention_inside:17:39:name:0": "the block brings an MLP of its own, so that no "
    "known map can stand in its place; which activation an MLP has is E3's claim",
    "e4/library_attention_inside:9:20:name:1": "the block brings parts of its own: that they drop "
    "something in training is seen, which kind of dropout it is not",
    "e5/torch_encoder_layers:30:40:text:1": "sees later tokens only in evaluation mode without "
    "gradients, where PyTorch's own layers take another path; the checks look with gradients",
    "e6/loop_over_named_parameters:5:12:loop-ends-early:0": "differs only for a model with a "
    "frozen parameter, which nothing in this assignment has",
    "e7/reference:63:47:constant:0": "differs from a rhythm that is right only where every "
    "iteration is to be evaluated",
    "e8/through_the_parts:2:0:decorator-dropped:0": "the model's parts are called and not its "
    "forward, so nothing sees whether gradients are recorded; the tokens carry none",
}

"""Checkpoints that do not fit the model: the error names every file and tensor that is wrong."""

import json

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import solutions.lab11.pretrained  # noqa: F401  gives the model from_pretrained
from solutions.lab11.gpt2 import GPT

WTE = "transformer.wte.weight"


def problems_of(folder):
    with pytest.raises(ValueError) as caught:
        GPT.from_pretrained(folder)
    return str(caught.value)


# tensors that do not fit


def test_missing_unknown_and_misshapen_tensors_are_named_in_one_error(store, tensors):
    del tensors["transformer.h.1.ln_2.bias"]
    tensors["transformer.h.0.attn.rotary"] = torch.zeros(3)
    tensors["transformer.h.0.mlp.c_fc.weight"] = torch.zeros(32, 8)  # as nn.Linear has it
    tensors["transformer.ln_f.weight"] = torch.zeros(8, dtype=torch.int8)
    tensors["lm_head.weight"] = tensors[WTE] + 1
    folder = store(tensors)
    assert problems_of(folder).splitlines() == [
        f"{folder}: the weights do not fit the model",
        "  transformer.h.1.ln_2.bias: missing",
        "  lm_head.weight: differs from transformer.wte.weight, to which it is tied",
        "  transformer.h.0.attn.rotary: unknown, the model has no such tensor",
        "  transformer.h.0.mlp.c_fc.weight: expected shape [8, 32], got [32, 8]",
        "  transformer.ln_f.weight: expected floating-point numbers, got torch.int8",
    ]


def test_of_many_problems_eight_are_shown_and_the_rest_counted(store, tensors):
    kept = {name: tensor for name, tensor in tensors.items() if ".h.1." not in name}
    lines = problems_of(store(kept)).splitlines()
    assert len(lines) == 10 and lines[-1] == "  and 4 more"
    assert all(line.endswith(": missing") for line in lines[1:9])


def test_exactly_eight_problems_are_all_shown(store, tensors):
    for name in [name for name in tensors if ".h.1." in name][:8]:
        del tensors[name]
    assert "more" not in problems_of(store(tensors))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whichever_tensors_are_missing_they_are_named(store, tensors, data):
    gone = data.draw(st.sets(st.sampled_from(sorted(tensors)), min_size=1, max_size=8))
    message = problems_of(store({n: t for n, t in tensors.items() if n not in gone}))
    assert {line.strip() for line in message.splitlines()[1:]} == {f"{n}: missing" for n in gone}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), shape=st.lists(st.integers(0, 5), max_size=3))
def test_whichever_tensor_has_another_shape_it_is_named(store, tensors, data, shape):
    name = data.draw(st.sampled_from(sorted(tensors)))
    was = list(tensors[name].shape)
    tables = (WTE, "transformer.wpe.weight")
    # any number of rows is right for a table, as long as there are some
    fits = shape == was or (name in tables and len(shape) == 2 and shape[0] and shape[1] == was[1])
    assume(not fits)
    tensors = tensors | {name: torch.zeros(shape)}
    message = problems_of(store(tensors))
    assert f"{name}: expected shape " in message and f"got {shape}" in message
    if name not in tables:
        assert f"{name}: expected shape {was}, got {shape}" in message
    assert len(message.splitlines()) == 2


def test_an_empty_table_is_named(store, tensors):
    tensors[WTE] = torch.zeros(0, 8)
    assert f"{WTE}: expected shape [1, 8], got [0, 8]" in problems_of(store(tensors))


def test_a_second_copy_under_a_bare_name_is_unknown(store, tensors):
    tensors["wte.weight"] = tensors[WTE].clone()
    assert "wte.weight: unknown" in problems_of(store(tensors))


def test_some_biases_are_not_none(store, tensors):
    del tensors["transformer.ln_f.bias"]
    assert "transformer.ln_f.bias: missing" in problems_of(store(tensors))


@pytest.mark.parametrize(("n_layer", "word"), [(3, "missing"), (1, "unknown")])
def test_a_wrong_number_of_layers_shows(store, tensors, n_layer, word):
    assert word in problems_of(store(tensors, n_layer=n_layer))


# files that do not fit


@pytest.mark.parametrize("name", ["n_layer", "n_head", "n_embd"])
@pytest.mark.parametrize("value", [None, 0, -1, 2.0, "2", True])
def test_a_size_that_is_none_is_named(store, tensors, name, value):
    folder = store(tensors, **{name: value})
    assert f"{name} must be a whole number from 1: got {value!r}" in problems_of(folder)


@pytest.mark.parametrize(
    "settings",
    [
        {"activation_function": "relu"},
        {"model_type": "gpt_neo"},
        {"layer_norm_epsilon": 1e-6},
        {"scale_attn_weights": False},
        {"scale_attn_by_inverse_layer_idx": True},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_a_model_that_computes_otherwise_is_refused(store, tensors, settings):
    ((name, value),) = settings.items()
    message = problems_of(store(tensors, **settings))
    assert "config.json" in message and f"{name} must be" in message and repr(value) in message


def test_heads_that_do_not_divide_are_refused(store, tensors):
    assert "n_embd=8, n_head=3" in problems_of(store(tensors, n_head=3))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_named(store, tensors, share):
    folder = store(tensors)
    path = folder / "model.safetensors"
    content = path.read_bytes()
    path.unlink()  # a new file: the old one may still be mapped into memory
    path.write_bytes(content[: int(share * len(content))])
    assert "model.safetensors: not a whole safetensors file" in problems_of(folder)


def test_a_file_of_another_kind_is_named(store, tensors):
    folder = store(tensors)
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(b"<!DOCTYPE html><html>not found</html>" * 9)
    assert "model.safetensors: not a whole safetensors file" in problems_of(folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "not JSON"), ("[]", "expected a JSON object, got list"), ("\xff", "not JSON")],
)
def test_a_config_that_is_none_is_named(store, tensors, content, words):
    folder = store(tensors)
    (folder / "config.json").write_bytes(content.encode("latin-1"))
    message = problems_of(folder)
    assert "config.json" in message and words in message


def test_a_missing_config_is_named(store, tensors):
    folder = store(tensors)
    (folder / "config.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"config\.json: missing"):
        GPT.from_pretrained(folder)


def test_a_folder_without_weights_says_what_belongs_there(tmp_path):
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(FileNotFoundError, match=r"expected model\.safetensors, or several files"):
        GPT.from_pretrained(tmp_path)


def test_a_missing_part_of_several_is_named(small_saved, tmp_path):
    small_saved.model.save_pretrained(tmp_path, max_shard_size="2KB")
    gone = sorted(tmp_path.glob("*.safetensors"))[1]
    gone.unlink()
    with pytest.raises(FileNotFoundError, match=gone.name):
        GPT.from_pretrained(tmp_path)


@pytest.mark.parametrize("index", [{}, {"weight_map": []}, {"weight_map": {"wte.weight": 1}}])
def test_an_index_without_a_map_is_named(tmp_path, index):
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "expected a 'weight_map'" in problems_of(tmp_path)


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such folder.*gpt2, gpt2-medium, gpt2-large"):
        GPT.from_pretrained(tmp_path / "gpt-2")

"""Checkpoints: ours computes what Hugging Face's GPT-2 computes, or says why it cannot."""

import sys
from copy import deepcopy
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

import data_scripts
import solutions.lab11.generate  # noqa: F401  gives the model generate
from solutions.lab11 import pretrained
from solutions.lab11.gpt2 import GPT

WTE, C_PROJ = "transformer.wte.weight", "transformer.h.0.attn.c_proj.weight"


def logits_of(model, ids, flash=True):
    for block in model.transformer.h:
        block.attn.flash = flash
    return model.eval()(ids, ids)[0]


def random_ids(config):
    generator = torch.Generator().manual_seed(3)
    return torch.randint(config.vocab_size, (2, config.block_size), generator=generator)


# the same numbers as Hugging Face


@pytest.mark.parametrize("flash", [False, True])
@pytest.mark.parametrize(("dtype", "atol"), [(torch.float32, 1e-4), (torch.float64, 1e-9)])
def test_logits_and_loss_are_hugging_faces(saved, flash, dtype, atol):
    model = GPT.from_pretrained(saved.folder).to(dtype)
    ids = random_ids(model.config)
    other = deepcopy(saved.model).to(dtype)
    theirs = other(ids).logits
    assert theirs.std() > 1  # so that the tolerance is a strict one
    torch.testing.assert_close(logits_of(model, ids, flash), theirs, rtol=0, atol=atol)
    loss = model(ids[:, :-1], ids[:, 1:])[1].float()  # theirs shifts by itself, always in float32
    torch.testing.assert_close(loss, other(ids, labels=ids).loss, rtol=0, atol=1e-4)


def test_all_sizes_come_from_the_checkpoint(saved):
    config, theirs = GPT.from_pretrained(saved.folder).config, saved.model.config
    assert (config.n_layer, config.n_head, config.n_embd) == (
        theirs.n_layer,
        theirs.n_head,
        theirs.n_embd,
    )
    assert (config.vocab_size, config.block_size) == (theirs.vocab_size, theirs.n_positions)
    assert config.bias is True and config.dropout == 0.0


def test_sizes_of_the_tables_come_from_the_tensors(store, tensors, small_saved):
    tensors[WTE] = tensors[WTE][:37]
    tensors["transformer.wpe.weight"] = tensors["transformer.wpe.weight"][:10]
    config = GPT.from_pretrained(store(tensors)).config
    assert (config.vocab_size, config.block_size) == (37, 10)


def test_dropout_may_be_chosen_and_nothing_else(small_saved):
    model = GPT.from_pretrained(small_saved.folder, dropout=0.2)
    drops = {module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)}
    assert drops == {0.2} and model.config.dropout == 0.2
    with pytest.raises(TypeError):
        GPT.from_pretrained(small_saved.folder, block_size=4)


def test_a_forgotten_transpose_of_the_square_matrix_shows(small_saved, monkeypatch):
    ids = random_ids(GPT.from_pretrained(small_saved.folder).config)
    monkeypatch.setattr(
        pretrained,
        "is_stored_transposed",
        lambda name: name.endswith(("c_attn.weight", "c_fc.weight", "mlp.c_proj.weight")),
    )
    forgetful = GPT.from_pretrained(small_saved.folder)  # loads without an error
    difference = (logits_of(forgetful, ids) - small_saved.model(ids).logits).abs().max()
    assert difference > 0.1


def test_the_model_learns_without_touching_the_file(store, tensors):
    folder = store(tensors)
    model = GPT.from_pretrained(folder)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    again = load_file(folder / "model.safetensors")
    assert all(torch.equal(again[name], tensors[name]) for name in tensors)


def test_after_loading_and_cropping_the_tables_are_still_one(small_saved):
    model = GPT.from_pretrained(small_saved.folder)
    model.crop_block_size(5)
    assert model.lm_head.weight is model.transformer.wte.weight
    assert model.generate(torch.zeros(1, 1, dtype=torch.long), 20).shape == (1, 21)


# the forms a checkpoint may have


def without_prefix(tensors):
    return {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}


def with_masks(tensors):
    masks = {
        f"transformer.h.{i}.attn.{name}": torch.ones(1, 1, 16, 16)
        for i in range(2)
        for name in ("bias", "masked_bias")
    }
    return tensors | masks


def with_output_layer(tensors):
    return tensors | {"lm_head.weight": tensors[WTE].clone()}


def in_double(tensors):
    return {name: tensor.double() for name, tensor in tensors.items()}


@pytest.mark.parametrize(
    "forms",
    [
        [without_prefix],
        [with_masks],
        [with_output_layer],
        [in_double],
        [with_masks, with_output_layer, without_prefix, in_double],
    ],
    ids=lambda forms: "-".join(form.__name__ for form in forms),
)
def test_every_form_of_a_checkpoint_loads_alike(store, tensors, small_saved, forms):
    for form in forms:
        tensors = form(tensors)
    model = GPT.from_pretrained(store(tensors))
    ids = random_ids(model.config)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    torch.testing.assert_close(
        logits_of(model, ids), small_saved.model(ids).logits, rtol=0, atol=1e-4
    )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_becomes_the_same_numbers_in_float32(store, tensors, dtype):
    tensors = {name: tensor.to(dtype) for name, tensor in with_output_layer(tensors).items()}
    model = GPT.from_pretrained(store(tensors))
    assert model.transformer.wte.weight.dtype == torch.float32
    assert torch.equal(model.transformer.wte.weight, tensors[WTE].float())
    assert torch.equal(model.transformer.h[0].attn.c_proj.weight, tensors[C_PROJ].T.float())


def test_a_checkpoint_without_biases_makes_a_model_without(store, tensors):
    kept = {name: tensor for name, tensor in tensors.items() if not name.endswith(".bias")}
    bare = GPT.from_pretrained(store(with_masks(kept)))
    assert bare.config.bias is False
    zeroed = {n: torch.zeros_like(t) if n.endswith(".bias") else t for n, t in tensors.items()}
    ids = random_ids(bare.config)
    full = logits_of(GPT.from_pretrained(store(zeroed)), ids)
    torch.testing.assert_close(logits_of(bare, ids), full)


def test_several_files_are_one_checkpoint(small_saved, tmp_path):
    small_saved.model.save_pretrained(tmp_path, max_shard_size="2KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    model = GPT.from_pretrained(str(tmp_path))
    ids = random_ids(model.config)
    torch.testing.assert_close(
        logits_of(model, ids), small_saved.model(ids).logits, rtol=0, atol=1e-4
    )


@pytest.mark.parametrize("name", ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"])
def test_a_published_name_is_fetched_into_data(monkeypatch, small_saved, name):
    asked = []
    fetcher = SimpleNamespace(make=lambda *call: asked.append(call) or small_saved.folder)
    monkeypatch.setitem(sys.modules, "data_scripts.gpt2_weights", fetcher)
    monkeypatch.setattr(data_scripts, "gpt2_weights", fetcher, raising=False)
    assert GPT.from_pretrained(name).config.n_embd == 8
    assert asked == [(name, "data")]

"""GPT-2's weights from a server that breaks off, lies and fails, and from a folder."""

import dataclasses
import json
import socket

import numpy as np
import pytest

from data_scripts import gpt2_weights
from data_scripts.errors import BadSource, BadStatus, CannotWrite, NoNetwork, WrongContent
from data_scripts.gpt2_weights import SIZES, config_of, main, make, tensor_shapes
from data_scripts.safetensors_header import tensors_in
from tests.data_scripts.corpora import names_in, snapshot

safetensors = pytest.importorskip("safetensors.numpy")

TINY = dataclasses.replace(SIZES["gpt2"], n_layer=2, n_head=2, n_embd=4)


def weights(size=TINY, prefix="", dtype=np.float32, without=(), **changed):
    """The bytes of a checkpoint with random numbers, written by the safetensors package."""
    rng = np.random.default_rng(0)
    shapes = {name: shape for name, shape in tensor_shapes(size).items() if name not in without}
    shapes |= {"h.0.attn.bias": (1, 1, 8, 8)} | {
        name.replace("__", "."): shape for name, shape in changed.items()
    }
    return safetensors.save(
        {prefix + name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    )


@pytest.fixture
def hub(server, monkeypatch):
    """The server of this test in place of the Hub, with a tiny model that is called gpt2."""
    server.content = weights()
    tiny = dataclasses.replace(TINY, sha256=server.sha256, size_bytes=len(server.content))
    monkeypatch.setitem(SIZES, "gpt2", tiny)
    monkeypatch.setattr(gpt2_weights, "HUB", server.url.removesuffix("/speeches.txt"))
    return server


@pytest.fixture
def local(tmp_path, monkeypatch):
    """A folder as transformers writes it, with fine-tuned weights of a tiny gpt2."""
    monkeypatch.setitem(SIZES, "gpt2", TINY)
    folder = tmp_path / "local"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(weights(prefix="transformer."))
    (folder / "config.json").write_text(json.dumps(config_of(TINY)))
    return folder


# the download


def test_weights_arrive_whole_with_their_configuration(hub, out, capsys):
    folder = make("gpt2", out)
    assert folder == out / "gpt2"
    assert names_in(folder) == ["config.json", "model.safetensors"]
    assert (folder / "model.safetensors").read_bytes() == hub.content
    assert json.loads((folder / "config.json").read_text())["n_layer"] == 2
    shown = capsys.readouterr()
    assert "gpt2, downloaded" in shown.out
    assert "model.safetensors" in shown.err and "100%" in shown.err


def test_a_second_run_asks_nobody(hub, out, capsys):
    make("gpt2", out)
    before = snapshot(out)
    make("gpt2", str(out))
    assert "is there already; nothing to do" in capsys.readouterr().out
    assert len(hub.ranges) == 1
    assert snapshot(out) == before


def test_a_broken_download_is_continued_where_it_stopped(hub, out):
    hub.script = [{"drop_after": 300_000}]
    make("gpt2", out)
    assert hub.ranges == [None, "bytes=300000-"]
    assert (out / "gpt2" / "model.safetensors").read_bytes() == hub.content


def test_what_a_failed_run_has_brought_is_kept_for_the_next(hub, out):
    hub.script = [{"drop_after": 300_000}, *[{"status": 503}] * 5]
    with pytest.raises(BadStatus, match="300,000 bytes are kept: the next run continues there"):
        make("gpt2", out)
    assert names_in(out / "gpt2") == ["model.safetensors.part"]
    make("gpt2", out)
    assert hub.ranges[-1] == "bytes=300000-"
    assert names_in(out / "gpt2") == ["config.json", "model.safetensors"]


@pytest.mark.parametrize(
    ("step", "error", "words"),
    [
        ({"status": 404}, BadStatus, "status 404 instead of the file"),
        ({"content": b"<html>please log in</html>"}, WrongContent, "not the file in the record"),
    ],
)
def test_a_failed_download_leaves_nothing_and_offers_a_folder(hub, out, step, error, words):
    hub.script = [step]
    with pytest.raises(error, match=words) as failed:
        make("gpt2", out)
    assert "--from DIR takes a folder" in str(failed.value)
    assert names_in(out / "gpt2") == []


def test_a_closed_port_is_no_network(hub, out, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(gpt2_weights, "HUB", f"http://127.0.0.1:{free.getsockname()[1]}")
    with pytest.raises(NoNetwork, match="Check the network"):
        make("gpt2", out)


@pytest.mark.parametrize("damage", ["cut off", "another byte"])
def test_damaged_weights_are_fetched_again_and_kept_aside(hub, out, capsys, damage):
    path = make("gpt2", out) / "model.safetensors"
    content = path.read_bytes()
    broken = content[:-7] if damage == "cut off" else content[:-1] + b"?"
    path.write_bytes(broken)
    make("gpt2", out)
    assert path.read_bytes() == content
    assert path.with_name("model.safetensors.bak").read_bytes() == broken
    assert "damaged, or trained on" in capsys.readouterr().out


def test_a_configuration_of_the_users_is_kept_aside(hub, out):
    (out / "gpt2").mkdir(parents=True)
    (out / "gpt2" / "config.json").write_text('{"mine": 1}')
    make("gpt2", out)
    assert (out / "gpt2" / "config.json.bak").read_text() == '{"mine": 1}'


def test_a_file_in_place_of_the_folder_is_named(hub, out):
    out.write_text("in the way")
    with pytest.raises(CannotWrite, match="cannot be written"):
        make("gpt2", out)


# the records


def test_the_records_are_complete_and_differ():
    assert list(SIZES) == ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"]
    assert [(s.n_layer, s.n_head, s.n_embd) for s in SIZES.values()] == [
        (12, 12, 768), (24, 16, 1024), (36, 20, 1280), (48, 25, 1600),
    ]  # fmt: skip
    for size in SIZES.values():
        assert int(size.sha256, 16) and len(size.sha256) == 64
        assert int(size.revision, 16) and len(size.revision) == 40
        assert size.url.startswith(f"https://huggingface.co/openai-community/{size.name}/resolve/")
    assert len({size.sha256 for size in SIZES.values()}) == 4


def test_sizes_in_bytes_follow_from_the_shapes():
    for size in SIZES.values():
        if size.size_bytes:
            masks = size.n_layer * 1024 * 1024  # published along with the weights
            numbers = sum(int(np.prod(shape)) for shape in tensor_shapes(size).values()) + masks
            assert 0 < size.size_bytes - 4 * numbers < 2_000 * size.n_layer  # the header


def test_shapes_and_configuration_are_those_of_transformers():
    transformers = pytest.importorskip("transformers")
    model = transformers.GPT2Model(transformers.GPT2Config(**config_of(TINY)))
    theirs = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    assert tensor_shapes(TINY) == theirs
    ours = transformers.GPT2Config(**config_of(SIZES["gpt2"])).to_dict()
    usual = transformers.GPT2Config().to_dict()
    assert {k for k in ours if ours[k] != usual.get(k)} == {"architectures", "n_ctx"}


# a folder


def test_a_local_folder_is_checked_and_used_where_it_is(local, out, capsys):
    before = snapshot(local)
    assert make("gpt2", out, source=str(local)) == local
    assert "used where it is" in capsys.readouterr().out
    assert snapshot(local) == before
    assert names_in(out) == []


def test_half_precision_is_as_good(local, out):
    (local / "model.safetensors").write_bytes(weights(dtype=np.float16))
    assert make("gpt2", out, local) == local


def test_transformers_writes_a_folder_that_is_accepted(local, out):
    transformers = pytest.importorskip("transformers")
    model = transformers.GPT2LMHeadModel(transformers.GPT2Config(**config_of(TINY)))
    model.save_pretrained(local)
    assert make("gpt2", out, local) == local


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a safetensors file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:24", "not a safetensors file"),
        (weights()[:-10], r"expected [\d,]+ bytes of numbers, got [\d,]+: the file is cut off"),
        (weights() + b"more", "something was appended"),
        (weights()[:40], "not a safetensors file, or a damaged one"),
        (weights().replace(b'"shape":[4]', b'"shape":[5]', 1), "another length than its shape"),
        (weights(without=["h.1.ln_2.bias"]), r"no tensor 'h\.1\.ln_2\.bias'"),
        (weights(wpe__weight=(512, 4)), r"wpe\.weight .*expected \(1024, 4\), got \(512, 4\)"),
    ],
)
def test_unfit_weights_in_a_folder_are_named(local, out, content, words):
    (local / "model.safetensors").write_bytes(content)
    with pytest.raises(BadSource, match=words) as failed:
        make("gpt2", out, local)
    assert str(failed.value).startswith(str(local / "model.safetensors"))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('{"n_layer": 12, "n_head": 2, "n_embd": 4}', "expected n_layer=2, got 12"),
        ('{"n_layer": 2,', "not whole JSON"),
        ("[]", "not whole JSON"),
    ],
)
def test_an_unfit_configuration_in_a_folder_is_named(local, out, config, words):
    (local / "config.json").write_text(config)
    with pytest.raises(BadSource, match=words):
        make("gpt2", out, local)


def test_a_folder_without_weights_is_named(local, out):
    (local / "model.safetensors").unlink()
    with pytest.raises(BadSource, match=r"no model\.safetensors in it"):
        make("gpt2", out, local)
    with pytest.raises(BadSource, match="no such folder"):
        make("gpt2", out, local / "nowhere")


@pytest.mark.parametrize(
    ("name", "words"),
    [("gpt2-medum", "did you mean 'gpt2-medium'"), ("llama", "there are gpt2, gpt2-medium,")],
)
def test_an_unknown_size_gets_the_near_miss(out, name, words):
    with pytest.raises(BadSource, match=words):
        make(name, out)


def test_shapes_are_read_without_the_numbers(local):
    with open(local / "model.safetensors", "rb") as file:
        whole = safetensors.load(file.read())
    assert tensors_in(local / "model.safetensors") == {k: v.shape for k, v in whole.items()}


# the command


def test_the_command_checks_a_folder(local, out, capsys):
    assert main(["--from", str(local), "--to", str(out)]) == 0
    assert str(local) in capsys.readouterr().out


def test_the_command_puts_an_error_on_stderr_and_returns_1(out, capsys):
    assert main(["gpt3", "--to", str(out)]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.startswith("no GPT-2 called 'gpt3'; did you mean 'gpt2'")


def test_an_interrupted_command_says_that_it_can_go_on(out, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(gpt2_weights, "make", interrupt)
    assert main(["--to", str(out)]) == 1
    assert "the next run continues" in capsys.readouterr().err

"""The side of the view that touches student code: a few verbs on the notebook's namespace.

It runs in the student's own process, locally or while grading, so whatever it says is evidence and
not verdict. Everything it takes and returns is plain: numbers, text, lists, dictionaries with text
keys, numpy arrays. A reference to an object that stays here is {"handle": number}.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import random
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy

from autograder.probe import stand_ins, training
from autograder.probe.capture import Passing, captured_attention
from autograder.probe.defaults import torch_defaults
from autograder.probe.values import Plain, plain, unboxed

OURS = ("autograder", "torch", "numpy", "IPython")


class Missing(Exception):
    """The namespace has no such name."""


class Agent:
    """Answer verbs about one namespace; objects made on the way stay in `objects`."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.objects: dict[int, Any] = {}
        # stand-ins by their keys: what they are, and what they saw; and those in place, by name
        self.designs: dict[str, tuple[str, dict[str, Plain]]] = {}
        self.logs: dict[str, stand_ins.Log] = {}
        self.placed: dict[str, stand_ins.Log] = {}
        self.replaced: dict[str, Any] = {}

    def answer(self, verb: str, payload: dict[str, Plain]) -> dict[str, Plain]:
        """Perform one verb; the reply holds "value" or "fault", and what was "printed".

        The verb "several" has steps, each a verb with its payload: the reply is the last one's, or
        the first fault; after a fault nothing more is done but TIDYING up.
        """
        steps: list[Any] = payload["steps"] if verb == "several" else [[verb, payload]]
        reply: dict[str, Plain] = {}
        printed = io.StringIO()
        with quiet(printed):
            for name, given in steps:
                if "value" not in reply and reply and name not in TIDYING:
                    continue
                printed.seek(0)
                printed.truncate()
                done = self.perform(name, given)
                reply = done if "value" in reply or not reply else reply
        reply["printed"] = printed.getvalue()[:10_000]
        return reply

    def perform(self, verb: str, payload: dict[str, Plain]) -> dict[str, Plain]:
        """Perform one verb, whatever it raises."""
        method = VERBS.get(verb)
        if method is None:
            return {"fault": {"kind": "ProbeError", "text": f"no verb {verb!r}", "line": ""}}
        try:
            return {"value": plain(method(self, **payload))}
        except KeyboardInterrupt:
            raise
        except Missing as error:
            return {"missing": str(error)}
        except BaseException as error:  # a student may raise SystemExit as well
            return {"fault": describe(error)}

    # -- verbs ------------------------------------------------------------------------------

    def begin(self, seed: int) -> None:
        """Take back every stand-in, and seed every generator; objects stay until `forget`."""
        self.take_back_stand_ins()
        random.seed(seed)
        np.random.seed(seed % 2**32)
        # torch.manual_seed seeds accelerators as well, and takes a hundred times as long
        torch.default_generator.manual_seed(seed)

    def create(self, name: str, args: list[Plain]) -> Plain:
        made = self.find(name)(*self.revive(args))
        wake_lazy(made, args)
        return self.keep(made)

    def function(
        self,
        name: str,
        args: list[Plain],
        keep: bool = False,
        options: dict[str, Plain] | None = None,
        as_numpy: bool = False,
    ) -> Plain:
        given = args if as_numpy else self.revive(args)
        result = self.find(name)(*given, **(options or {}))
        return self.keep(result) if keep else result

    def read(self, name: str) -> Plain:
        """The value of a variable; the blank `...` counts as not written."""
        if name not in self.namespace:
            raise Missing(name)
        value = self.namespace[name]
        if value is ...:
            raise NotImplementedError
        return unboxed(value)

    def describe_array(self, name: str) -> Plain:
        """What a variable that holds an array is made of: kinds of its class, dtype and length."""
        value = self.namespace.get(name)
        kinds = [kind.__name__ for kind in type(value).__mro__]
        return {"kinds": kinds, "dtype": str(getattr(value, "dtype", ""))}

    def corpus(self) -> Plain:
        """Id, speaker and text of each utterance of the notebook's `corpus`, in its order."""
        if "corpus" not in self.namespace:
            raise Missing("corpus")
        utterances = self.namespace["corpus"].iter_utterances()
        return [[str(u.id), str(u.speaker.id), str(u.text or "")] for u in utterances]

    def call(self, handle: int, args: list[Plain], method: str | None = None) -> Plain:
        """Call an object, without a graph for gradients: `gradients` asks for these."""
        target = self.objects[handle]
        with torch.no_grad():
            return plain((getattr(target, method) if method else target)(*self.revive(args)))

    def call_each(self, handle: int, inputs: list[Plain]) -> Plain:
        """Call one object with one input after the other."""
        target = self.objects[handle]
        with torch.no_grad():
            return [plain(target(self.revive(value))) for value in inputs]

    def parameters(self, handle: int) -> Plain:
        """Names, values and so on of all parameters, column by column."""
        found = dict(self.module(handle).named_parameters(remove_duplicate=False))
        return {
            "names": list(found),
            "values": list(found.values()),
            "trainable": [bool(p.requires_grad) for p in found.values()],
            "identity": [id(p) for p in found.values()],
            "storage": [p.data_ptr() for p in found.values()],
        }

    def parts(self, handle: int, name: str) -> list[str]:
        """Where in a module the objects of one of the notebook's classes sit: dotted names."""
        kind = self.namespace.get(name)
        if not isinstance(kind, type):
            return []
        return [at for at, part in self.module(handle).named_modules() if isinstance(part, kind)]

    def load(self, handle: int, values: dict[str, np.ndarray]) -> None:
        parameters = dict(self.module(handle).named_parameters(remove_duplicate=False))
        with torch.no_grad():
            for name, array in values.items():
                parameters[name].copy_(torch.from_numpy(array))

    def reload(self, handle: int, into: int) -> None:
        """Carry one object's state over to another through state_dict, as a checkpoint does."""
        state = {k: v.clone() for k, v in self.module(handle).state_dict().items()}
        self.module(into).load_state_dict(state)

    def set_mode(self, handle: int, training: bool) -> None:
        self.module(handle).train(training)

    def modes(self, handle: int) -> list[bool]:
        return [module.training for module in self.module(handle).modules()]

    def cast(self, handle: int, dtype: str) -> None:
        self.module(handle).to(getattr(torch, dtype))

    def gradients(
        self, handle: int, args: list[Plain], cotangent: np.ndarray, output: int | None = None
    ) -> Plain:
        """Pull a cotangent back: d(sum(cotangent * output)) by each float input and parameter."""
        module = self.module(handle)
        inputs = self.revive(args)
        for value in inputs:
            if isinstance(value, torch.Tensor) and value.is_floating_point():
                value.requires_grad_(True)
        module.zero_grad(set_to_none=True)
        result = module(*inputs)
        if output is not None:
            result = result[output]
        (result * torch.from_numpy(np.array(cotangent)).to(result.dtype)).sum().backward()
        found = {
            "inputs": [v.grad if isinstance(v, torch.Tensor) else None for v in inputs],
            "parameters": {name: p.grad for name, p in module.named_parameters()},
        }
        reply = plain(found)
        module.zero_grad(set_to_none=True)
        return reply

    def attention(self, handle: int, args: list[Plain]) -> Plain:
        """Return what came out of every softmax or SDPA during one call."""
        with captured_attention() as maps, torch.no_grad():
            self.objects[handle](*self.revive(args))
        return maps

    def passing(self, handle: int, args: list[Plain], most: int = 100) -> Plain:
        """Return the output of one call and what passed on the way that has the input's shape."""
        inputs = self.revive(args)
        watch = Passing(inputs[0].shape, most)
        with watch, torch.no_grad():
            output = self.objects[handle](*inputs)
        return {"output": output, "passed": watch.tensors}

    def place_stand_in(
        self, key: str, name: str = "", design: dict[str, Plain] | None = None
    ) -> None:
        """Put a stand-in in place of a class; what it sees is kept under its key.

        A key that is known already stands for the same stand-in once more.
        """
        if design is not None:
            self.designs[key], self.logs[key] = (name, design), stand_ins.Log()
        name, design = self.designs[key]
        if name not in self.replaced:
            self.replaced[name] = self.namespace.get(name)
        self.undo_patches(name)
        self.placed[name] = log = self.logs[key]
        self.namespace[name] = stand_ins.make(design, self.replaced[name], log)

    def stand_in_log(self, key: str, start: int = 0) -> Plain:
        """What a stand-in saw, its calls from one on."""
        return self.logs[key].report(start)

    def undo_patches(self, name: str) -> None:
        log = self.placed.get(name)
        while log and log.undo:
            log.undo.pop()()

    def take_back_stand_ins(self) -> None:
        for name, original in self.replaced.items():
            self.undo_patches(name)
            if original is None:
                self.namespace.pop(name, None)
            else:
                self.namespace[name] = original
        self.replaced.clear()
        self.placed.clear()

    def make_stand_in(self, design: dict[str, Plain]) -> Plain:
        """Make one stand-in object and keep it here."""
        log = stand_ins.Log()
        made = self.keep(stand_ins.make(design, None, log)())
        self.logs[f"#{made['handle']}"] = log
        return made

    def replace_forward(self, handle: int, design: dict[str, Plain]) -> None:
        """Give one object a known forward; the rest of it stays the student's."""
        self.logs[f"#{handle}"] = log = stand_ins.Log()
        stand_ins.replace_forward(self.module(handle), design, log)

    def groups(self, handle: int, model: int) -> Plain:
        """Describe an optimizer: its class, and each group's options and parameter names."""
        optimizer = self.objects[handle]
        names = {id(p): n for n, p in self.module(model).named_parameters()}
        if not isinstance(optimizer, torch.optim.Optimizer):
            return {"kind": type(optimizer).__name__, "is_adamw": False, "groups": []}
        return {
            "kind": type(optimizer).__name__,
            "is_adamw": isinstance(optimizer, torch.optim.AdamW),
            "groups": [
                {
                    "options": {k: v for k, v in group.items() if k != "params"},
                    "parameters": [names.get(id(p)) for p in group["params"]],
                }
                for group in optimizer.param_groups
            ],
        }

    def step(self, handle: int, model: int, gradient: float) -> None:
        """Give every parameter of the model the same constant gradient and take one step."""
        for parameter in self.module(model).parameters():
            parameter.grad = torch.full_like(parameter, gradient)
        self.objects[handle].step()
        self.module(model).zero_grad(set_to_none=True)

    def run_training(self, name: str, design: dict[str, Plain]) -> Plain:
        return training.run(self.find(name), design)

    def forget(self) -> None:
        """Drop every object, take back every stand-in."""
        self.take_back_stand_ins()
        self.designs.clear()
        self.logs.clear()
        self.objects.clear()

    # -- helpers ----------------------------------------------------------------------------

    def find(self, name: str) -> Any:
        """A name of the notebook; for E6 and E8 also a method of GPT of that name."""
        found = self.namespace.get(name)
        if found is None:
            found = getattr(self.namespace.get("GPT"), name, None)
        # Every module has methods of PyTorch's own, such as `train`: those are no answer.
        if found is None or found is getattr(nn.Module, name, None):
            raise Missing(name)
        return found

    def keep(self, value: Any) -> dict[str, int]:
        number = len(self.objects)
        self.objects[number] = value
        return {"handle": number}

    def module(self, handle: int) -> nn.Module:
        value = self.objects[handle]
        if not isinstance(value, nn.Module):
            raise TypeError(f"{type(value).__name__} must be an nn.Module")
        return value

    def revive(self, value: Plain) -> Any:
        """Turn arrays into fresh tensors and references into the objects they name."""
        if isinstance(value, np.ndarray):
            return torch.from_numpy(value.copy())
        if isinstance(value, dict) and set(value) == {"handle"}:
            return self.objects[value["handle"]]
        if isinstance(value, dict) and set(value) == {"tuple"}:
            return tuple(self.revive(item) for item in value["tuple"])
        if isinstance(value, (list, tuple)):
            return [self.revive(item) for item in value]
        return value


VERBS: dict[str, Callable[..., Plain]] = {
    name: getattr(Agent, name)
    for name in (
        "forget", "begin", "create", "function", "read", "describe_array", "corpus", "call",
        "call_each", "parameters", "parts", "load", "reload", "set_mode", "modes", "cast",
        "gradients", "attention", "passing", "place_stand_in", "stand_in_log",
        "take_back_stand_ins", "make_stand_in", "replace_forward", "groups", "step",
        "run_training",
    )
}  # fmt: skip
TIDYING = ("forget", "begin", "take_back_stand_ins")


def wake_lazy(made: Any, args: list[Plain]) -> None:
    """Give lazy layers (nn.LazyLinear) their shapes: they have no values before a first input.

    A layer is made with its width first; what does not take such vectors is given token ids.
    """
    if not isinstance(made, nn.Module) or not any(map(is_lazy, made.parameters())):
        return
    was_training = made.training
    made.eval()
    for x in (torch.zeros(1, 1, int(args[0])), torch.zeros(1, 1, dtype=torch.long)):
        with contextlib.suppress(Exception), torch.no_grad():
            made(x)
            break
    made.train(was_training)


def describe(error: BaseException) -> dict[str, str]:
    """Say what was raised, and quote the last line that is neither ours nor a library's."""
    line = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "").partition(".")[0]
        if module in OURS or "site-packages" in frame.f_code.co_filename:
            continue
        line = linecache.getline(frame.f_code.co_filename, number).strip() or line
    return {"kind": type(error).__name__, "text": str(error)[:500], "line": line[:200]}


@contextlib.contextmanager
def quiet(printed: io.StringIO) -> Iterator[None]:
    """Keep prints and warnings away from the page, default device and dtype at home."""
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(),
        torch_defaults(),
    ):
        warnings.simplefilter("ignore")
        yield

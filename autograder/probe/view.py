"""`student`: what a check sees of a submission, in plain PyTorch style."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.probe.errors import MalformedReply
from autograder.probe.links import Link, value_of

CorpusRows = list[tuple[str, str, str]]  # id, speaker, text


@dataclass(frozen=True)
class Parameter:
    """One named parameter as found in the student's module.

    identity tells whether two names are one parameter; storage whether they share memory.
    """

    name: str
    values: Tensor
    trainable: bool
    identity: str
    storage: str


@dataclass(frozen=True)
class Foreign:
    """Something that is neither number, text, list nor tensor; only its type's name is known."""

    type_name: str


class Student:
    """The names of a submission: `student.GPT(...)` makes one there and returns a handle.

    corpus_rows: what the grader has put in place of the notebook's corpus, if it has.
    """

    def __init__(self, link: Link, corpus_rows: CorpusRows | None = None) -> None:
        self._link = link
        self._corpus_rows = corpus_rows
        self.printed = ""

    def ask(self, verb: str, **payload: Any) -> Any:
        """Send one verb; tensors go as arrays and come back as tensors."""
        reply = self._link.request(verb, {k: to_plain(v) for k, v in payload.items()})
        self.printed = str(reply.get("printed", ""))
        return from_plain(value_of(reply))

    def __getattr__(self, name: str) -> Maker:
        if name.startswith("_"):
            raise AttributeError(name)
        return Maker(self, name)

    def function(self, name: str, *args: Any, **options: Any) -> Any:
        """Call a function of the notebook and bring its result back; options are plain numbers."""
        return self.ask("function", name=name, args=list(args), options=options)

    def numpy_function(self, name: str, *args: Any) -> Any:
        """Call a function of the notebook; arrays stay numpy's over there."""
        return self.ask("function", name=name, args=list(args), as_numpy=True)

    def read(self, name: str) -> Any:
        """The value of one of the notebook's variables."""
        return self.ask("read", name=name)

    def describe_array(self, name: str) -> dict[str, Any]:
        """The classes and the dtype of a variable that holds an array."""
        return dict(self.ask("describe_array", name=name))

    def corpus(self) -> CorpusRows:
        """Id, speaker and text of each utterance that the notebook works on, in its order.

        While grading, this is what the grader itself has drawn, not what the notebook says.
        """
        if self._corpus_rows is not None:
            return self._corpus_rows
        return [(str(id), str(speaker), str(text)) for id, speaker, text in self.ask("corpus")]

    def keep(self, name: str, *args: Any) -> Handle:
        """Call a function of the notebook and keep its result there."""
        return Handle(self, self.ask("function", name=name, args=list(args), keep=True))

    def stand_in_model(self, **design: Any) -> Handle:
        """Make a stand-in model (see probe.stand_ins) on the student's side."""
        return Handle(self, self.ask("make_stand_in", design=design))

    @contextlib.contextmanager
    def stand_in(self, name: str, **design: Any) -> Iterator[StandIn]:
        """Put a stand-in (see probe.stand_ins) in place of one of the student's classes."""
        self.ask("place_stand_in", name=name, design=design)
        try:
            yield StandIn(self, name)
        finally:
            self.ask("take_back_stand_ins")

    def train(self, name: str = "train", **design: Any) -> dict[str, Any]:
        """Run the student's training loop with recording collaborators (probe.training)."""
        return dict(self.ask("run_training", name=name, design=design))

    def begin(self, seed: int) -> None:
        """Start afresh: no objects, no stand-ins, every generator seeded."""
        self.ask("begin", seed=seed)


class Maker:
    """A class of the submission; arguments go in the order written, whatever they are called."""

    def __init__(self, student: Student, name: str) -> None:
        self._student, self._name = student, name

    def __call__(self, *args: Any, **kwargs: Any) -> Handle:
        given = [*args, *kwargs.values()]
        return Handle(self._student, self._student.ask("create", name=self._name, args=given))


class StandIn:
    """What a stand-in saw: `made` constructor arguments, `calls` with number, input, output."""

    def __init__(self, student: Student, name: str) -> None:
        self._student, self._name = student, name

    def _log(self) -> dict[str, Any]:
        return dict(self._student.ask("stand_in_log", name=self._name))

    @property
    def made(self) -> list[list[Any]]:
        """The arguments of each construction, in order: [hidden_size, n_head, dropout] ..."""
        return list(self._log()["made"])

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Each forward call: {"number": instance, "training": bool, "x": input, "y": output}."""
        return list(self._log()["calls"])


class Handle:
    """An object that lives on the student's side."""

    def __init__(self, student: Student, reference: dict[str, int]) -> None:
        if not isinstance(reference, dict) or not isinstance(reference.get("handle"), int):
            raise MalformedReply("expected a reference to an object")
        self._student, self.number = student, reference["handle"]

    def __call__(self, *args: Any) -> Any:
        return self._student.ask("call", handle=self.number, args=list(args))

    def method(self, name: str, *args: Any) -> Any:
        """Call one of its methods by name."""
        return self._student.ask("call", handle=self.number, args=list(args), method=name)

    @property
    def parameters(self) -> list[Parameter]:
        """All named parameters; one that has two names appears twice, with one identity."""
        found = self._student.ask("parameters", handle=self.number)
        return [
            Parameter(p["name"], p["values"], p["trainable"], p["identity"], p["storage"])
            for p in found
        ]

    @property
    def unique_parameters(self) -> list[Parameter]:
        """All parameters, each once."""
        return list({p.identity: p for p in reversed(self.parameters)}.values())[::-1]

    def parts(self, name: str) -> list[str]:
        """Where the objects of one of the notebook's classes sit inside it: dotted names."""
        return [str(at) for at in self._student.ask("parts", handle=self.number, name=name)]

    def load(self, values: Mapping[str, Tensor]) -> None:
        """Set parameters by name, in place."""
        self._student.ask("load", handle=self.number, values=dict(values))

    def train(self) -> None:
        self._student.ask("set_mode", handle=self.number, training=True)

    def eval(self) -> None:
        self._student.ask("set_mode", handle=self.number, training=False)

    @property
    def modes(self) -> list[bool]:
        """The training flags of the module and all modules in it."""
        return list(self._student.ask("modes", handle=self.number))

    def double(self) -> None:
        self._student.ask("cast", handle=self.number, dtype="float64")

    def gradients(
        self, *args: Any, cotangent: Tensor, output: int | None = None
    ) -> tuple[list[Tensor | None], dict[str, Tensor | None]]:
        """Gradients of sum(cotangent * output) by each input and by each named parameter."""
        found = self._student.ask(
            "gradients", handle=self.number, args=list(args), cotangent=cotangent, output=output
        )
        return found["inputs"], found["parameters"]

    def attention_maps(self, *args: Any) -> list[Tensor]:
        """What came out of every softmax or SDPA during one call, in order."""
        return list(self._student.ask("attention", handle=self.number, args=list(args)))

    def passing(self, *args: Any) -> tuple[Any, list[Tensor]]:
        """The output of one call, and every tensor of the input's shape on the way to it."""
        found = self._student.ask("passing", handle=self.number, args=list(args))
        return found["output"], list(found["passed"])

    def replace_forward(self, **design: Any) -> StandIn:
        """Give this object a known forward (see probe.stand_ins)."""
        self._student.ask("replace_forward", handle=self.number, design=design)
        return StandIn(self._student, f"#{self.number}")

    @property
    def log(self) -> StandIn:
        """What a stand-in model saw."""
        return StandIn(self._student, f"#{self.number}")

    def groups(self, model: Handle) -> dict[str, Any]:
        """Describe an optimizer's class and groups, its parameters by their names in `model`."""
        return dict(self._student.ask("groups", handle=self.number, model=model.number))

    def step(self, model: Handle, gradient: float) -> None:
        """Let an optimizer take one step with the same constant gradient everywhere."""
        self._student.ask("step", handle=self.number, model=model.number, gradient=gradient)

    def reload_into(self, other: Handle) -> None:
        """Carry this object's state_dict over to another."""
        self._student.ask("reload", handle=self.number, into=other.number)


def to_plain(value: Any) -> Any:
    """Turn tensors into arrays and handles into references; a tuple stays a tuple over there."""
    if isinstance(value, Tensor):
        return value.detach().cpu().numpy()
    if isinstance(value, Handle):
        return {"handle": value.number}
    if isinstance(value, Mapping):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return {"tuple": [to_plain(item) for item in value]}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_plain(item) for item in value]
    return value


def from_plain(value: Any) -> Any:
    """Turn arrays into tensors, and the mark of an unknown type into Foreign."""
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value)
    if isinstance(value, dict):
        if set(value) == {"foreign"}:
            return Foreign(str(value["foreign"]))
        return {k: from_plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [from_plain(item) for item in value]
    return value

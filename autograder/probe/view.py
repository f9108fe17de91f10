"""`student`: what a check sees of a submission, in plain PyTorch style."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from autograder.probe.errors import MalformedReply
from autograder.probe.links import Link, value_of

CorpusRows = list[tuple[str, str, str]]  # id, speaker, text
Shared = TypeVar("Shared")
Form = TypeVar("Form")
PARAMETER_COLUMNS = ("names", "values", "trainable", "identity", "storage")
ATOMS = frozenset((type(None), bool, int, float, str))
# Number types that PyTorch stores and hardly computes with, and what they are read as here.
WIDER = {"<u2": np.int64, "<u4": np.int64, "<u8": np.int64, "<f2": np.float32}


@dataclass(frozen=True)
class Parameter:
    """One named parameter as found in the student's module.

    identity tells whether two names are one parameter; storage whether they share memory.
    """

    name: str
    values: Tensor
    trainable: bool
    identity: int
    storage: int


@dataclass(frozen=True)
class Foreign:
    """Something that is neither number, text, list nor tensor; only its type's name is known."""

    type_name: str


class Student:
    """The names of a submission: `student.GPT(...)` makes one there and returns a handle.

    corpus_rows: what the grader has put in place of the notebook's corpus, if it has.

    Verbs that answer nothing wait for the next one that does, and travel with it: where one of them
    raised, that next one says so.
    """

    def __init__(self, link: Link, corpus_rows: CorpusRows | None = None) -> None:
        self._link = link
        self._corpus_rows = corpus_rows
        self._waiting: list[list[Any]] = []
        self._stand_ins = 0
        self._shared: dict[Any, Any] = {}
        self.printed = ""

    def tell(self, verb: str, **payload: Any) -> None:
        """Send a verb whose answer is not waited for."""
        self._waiting.append([verb, {k: to_plain(v) for k, v in payload.items()}])

    def ask(self, verb: str, **payload: Any) -> Any:
        """Send one verb; tensors go as arrays and come back as tensors."""
        given = {k: to_plain(v) for k, v in payload.items()}
        if self._waiting:
            steps, self._waiting = [*self._waiting, [verb, given]], []
            verb, given = "several", {"steps": steps}
        reply = self._link.request(verb, given)
        self.printed = text_of(reply.get("printed", ""), 10_000)
        return from_plain(value_of(reply))

    def settle(self) -> None:
        """Send what still waits; raises StudentFault if one of these verbs raised."""
        if self._waiting:
            *before, (verb, given) = self._waiting
            self._waiting = before
            self.ask(verb, **given)

    def once(self, key: Hashable, make: Callable[[], Shared]) -> Shared:
        """What `make` gives, made once for all checks of an exercise and kept under this key."""
        if key not in self._shared:
            self._shared[key] = make()
        made: Shared = self._shared[key]
        return made

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
        found = expect_form(self.ask("describe_array", name=name), dict, "a description")
        kinds = texts(found.get("kinds"), "the classes of a variable")
        return {"kinds": kinds or ["nothing"], "dtype": str(found.get("dtype", ""))}

    def corpus(self) -> CorpusRows:
        """Id, speaker and text of each utterance that the notebook works on, in its order.

        While grading, this is what the grader itself has drawn, not what the notebook says.
        """
        if self._corpus_rows is not None:
            return self._corpus_rows
        rows = [texts(row, "an utterance") for row in some_list(self.ask("corpus"), "a corpus")]
        if any(len(row) != 3 for row in rows):
            raise MalformedReply("an utterance is not id, speaker and text")
        return [(row[0], row[1], row[2]) for row in rows]

    def keep(self, name: str, *args: Any) -> Handle:
        """Call a function of the notebook and keep its result there."""
        return Handle(self, self.ask("function", name=name, args=list(args), keep=True))

    def stand_in_model(self, **design: Any) -> Handle:
        """Make a stand-in model (see probe.stand_ins) on the student's side."""
        return Handle(self, self.ask("make_stand_in", design=design))

    @contextlib.contextmanager
    def stand_in(self, name: str, **design: Any) -> Iterator[StandIn]:
        """Put a stand-in (see probe.stand_ins) in place of one of the student's classes."""
        self._stand_ins += 1
        key = f"{name} {self._stand_ins}"
        self.tell("place_stand_in", key=key, name=name, design=design)
        try:
            yield StandIn(self, key)
        finally:
            self.tell("take_back_stand_ins")

    def train(self, name: str = "train", **design: Any) -> dict[str, Any]:
        """Run the student's training loop with recording collaborators (probe.training)."""
        found = self.ask("run_training", name=name, design=design)
        return expect_form(found, dict, "a record of the training loop")

    def begin(self, seed: int) -> None:
        """Start a check: no stand-ins, every generator seeded."""
        self.tell("begin", seed=seed)

    def forget(self) -> None:
        """Start an exercise: no objects, no stand-ins, nothing shared."""
        self._shared.clear()
        self._waiting.clear()
        self.tell("forget")


class Maker:
    """A class of the submission; arguments go in the order written, whatever they are called."""

    def __init__(self, student: Student, name: str) -> None:
        self._student, self._name = student, name

    def __call__(self, *args: Any, **kwargs: Any) -> Handle:
        given = [*args, *kwargs.values()]
        return Handle(self._student, self._student.ask("create", name=self._name, args=given))


class StandIn:
    """What a stand-in saw: `made` constructor arguments, `calls` with number, input, output."""

    def __init__(self, student: Student, key: str) -> None:
        self._student, self._key = student, key

    def report(self, start: int = 0) -> tuple[list[list[Any]], list[dict[str, Any]]]:
        """`made`, and `calls` from number `start` on, in one answer."""
        log = expect_form(
            self._student.ask("stand_in_log", key=self._key, start=start), dict, "a log"
        )
        made = [some_list(entry, "arguments") for entry in some_list(log.get("made"), "a log")]
        calls = [expect_form(call, dict, "a call") for call in some_list(log.get("calls"), "a log")]
        for call in calls:
            if type(call.get("number")) is not int or not isinstance(call.get("x"), Tensor):
                raise MalformedReply("a call in the log has no number or no input")
        return made, calls

    @property
    def made(self) -> list[list[Any]]:
        """The arguments of each construction, in order: [hidden_size, n_head, dropout] ..."""
        return self.report()[0]

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Each forward call: {"number": instance, "training": bool, "x": input, "y": output}."""
        return self.report()[1]

    @contextlib.contextmanager
    def again(self) -> Iterator[None]:
        """Put the same stand-in in its place once more."""
        self._student.tell("place_stand_in", key=self._key)
        try:
            yield
        finally:
            self._student.tell("take_back_stand_ins")


class Handle:
    """An object that lives on the student's side."""

    def __init__(self, student: Student, reference: Any) -> None:
        if not isinstance(reference, dict) or type(reference.get("handle")) is not int:
            raise MalformedReply("expected a reference to an object")
        self._student, self.number = student, reference["handle"]

    def __call__(self, *args: Any) -> Any:
        return self._student.ask("call", handle=self.number, args=list(args))

    def each(self, inputs: Sequence[Tensor]) -> list[Any]:
        """Call it with one input after the other."""
        found = self._student.ask("call_each", handle=self.number, inputs=list(inputs))
        if len(some_list(found, "outputs")) != len(inputs):
            raise MalformedReply("there is not one output for each input")
        return list(found)

    def method(self, name: str, *args: Any) -> Any:
        """Call one of its methods by name."""
        return self._student.ask("call", handle=self.number, args=list(args), method=name)

    @property
    def parameters(self) -> list[Parameter]:
        """All named parameters; one that has two names appears twice, with one identity."""
        found = expect_form(
            self._student.ask("parameters", handle=self.number), dict, "a table of parameters"
        )
        columns = [some_list(found.get(name), "parameters") for name in PARAMETER_COLUMNS]
        if len(set(map(len, columns))) != 1 or any(type(name) is not str for name in columns[0]):
            raise MalformedReply("the columns of the parameters differ in length")
        if len(set(columns[0])) != len(columns[0]):
            raise MalformedReply("two parameters have one name")
        for name, values in zip(*columns[:2], strict=True):
            if not isinstance(values, Tensor):
                raise MalformedReply(f"the parameter {name} has no numbers")
        if any(type(kind) is not int for column in columns[3:] for kind in column):
            raise MalformedReply("a parameter has no identity")
        return [
            Parameter(name, values, trainable is True, identity, storage)
            for name, values, trainable, identity, storage in zip(*columns, strict=True)
        ]

    @property
    def unique_parameters(self) -> list[Parameter]:
        """All parameters, each once."""
        return list({p.identity: p for p in reversed(self.parameters)}.values())[::-1]

    def parts(self, name: str) -> list[str]:
        """Where the objects of one of the notebook's classes sit inside it: dotted names."""
        found = self._student.ask("parts", handle=self.number, name=name)
        return texts(found, "a list of modules")

    def load(self, values: Mapping[str, Tensor]) -> None:
        """Set parameters by name, in place."""
        self._student.tell("load", handle=self.number, values=dict(values))

    def train(self) -> None:
        self._student.tell("set_mode", handle=self.number, training=True)

    def eval(self) -> None:
        self._student.tell("set_mode", handle=self.number, training=False)

    @property
    def modes(self) -> list[bool]:
        """The training flags of the module and all modules in it."""
        found = some_list(self._student.ask("modes", handle=self.number), "modes")
        if not found or any(type(mode) is not bool for mode in found):
            raise MalformedReply("a module has no mode")
        return found

    def double(self) -> None:
        self._student.tell("cast", handle=self.number, dtype="float64")

    def gradients(
        self, *args: Any, cotangent: Tensor, output: int | None = None
    ) -> tuple[list[Tensor | None], dict[str, Tensor | None]]:
        """Gradients of sum(cotangent * output) by each input and by each named parameter."""
        found = expect_form(
            self._student.ask(
                "gradients", handle=self.number, args=list(args), cotangent=cotangent, output=output
            ),
            dict,
            "gradients",
        )
        inputs = some_list(found.get("inputs"), "gradients")
        parameters = expect_form(found.get("parameters"), dict, "gradients")
        if len(inputs) != len(args):
            raise MalformedReply("there is not one gradient for each input")
        for gradient in (*inputs, *parameters.values()):
            if gradient is not None and not isinstance(gradient, Tensor):
                raise MalformedReply("a gradient is not a tensor")
        return inputs, parameters

    def attention_maps(self, *args: Any) -> list[Any]:
        """What came out of every softmax or SDPA during one call, in order."""
        found = self._student.ask("attention", handle=self.number, args=list(args))
        return some_list(found, "attention maps")

    def passing(self, *args: Any) -> tuple[Any, list[Tensor]]:
        """The output of one call, and every tensor of the input's shape on the way to it."""
        found = expect_form(
            self._student.ask("passing", handle=self.number, args=list(args)), dict, "tensors"
        )
        passed = some_list(found.get("passed"), "tensors")
        if any(not isinstance(p, Tensor) or p.shape != args[0].shape for p in passed):
            raise MalformedReply("a tensor that passed has another shape than the input")
        return found.get("output"), passed

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
        found = expect_form(
            self._student.ask("groups", handle=self.number, model=model.number), dict, "groups"
        )
        groups = [
            expect_form(group, dict, "a group")
            for group in some_list(found.get("groups"), "groups")
        ]
        for group in groups:
            names = some_list(group.get("parameters"), "a group")
            if any(name is not None and type(name) is not str for name in names):
                raise MalformedReply("a parameter in a group has no name")
            expect_form(group.get("options"), dict, "the options of a group")
        return {
            "kind": text_of(found.get("kind"), 100),
            "is_adamw": found.get("is_adamw") is True,
            "groups": groups,
        }

    def step(self, model: Handle, gradient: float) -> None:
        """Let an optimizer take one step with the same constant gradient everywhere."""
        self._student.tell("step", handle=self.number, model=model.number, gradient=gradient)

    def reload_into(self, other: Handle) -> None:
        """Carry this object's state_dict over to another."""
        self._student.tell("reload", handle=self.number, into=other.number)


def expect_form(value: Any, kind: type[Form], what: str) -> Form:
    """Return a reply of this kind; raises MalformedReply for any other."""
    if not isinstance(value, kind):
        raise MalformedReply(f"the reply is not {what}: got {type(value).__name__}")
    return value


def some_list(value: Any, what: str) -> list[Any]:
    """Return a reply that is a list; raises MalformedReply for any other."""
    return expect_form(value, list, what)


def texts(value: Any, what: str) -> list[str]:
    """Return a reply that is a list of texts; raises MalformedReply for any other."""
    found = some_list(value, what)
    if any(type(item) is not str for item in found):
        raise MalformedReply(f"the reply is not {what}: it holds something else than texts")
    return found


def to_plain(value: Any) -> Any:
    """Turn tensors into arrays and handles into references; a tuple stays a tuple over there."""
    if isinstance(value, Tensor):
        return value.detach().numpy()
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Handle):
        return {"handle": value.number}
    if isinstance(value, Mapping):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return {"tuple": [to_plain(item) for item in value]}
    if isinstance(value, Sequence):
        return [to_plain(item) for item in value]
    return value


def from_plain(value: Any) -> Any:
    """Turn arrays into tensors, and the mark of an unknown type into Foreign."""
    kind = type(value)
    if kind is np.ndarray:
        wider = WIDER.get(value.dtype.str)
        return torch.from_numpy(value if wider is None else value.astype(wider))
    if kind is list:
        return [item if type(item) in ATOMS else from_plain(item) for item in value]
    if kind is dict:
        if len(value) == 1 and "foreign" in value:
            return Foreign(text_of(value["foreign"], 100))
        return {k: from_plain(v) for k, v in value.items()}
    return value


def text_of(value: Any, most: int) -> str:
    """A text that was said over there, cut off; for anything else the name of its type."""
    return value[:most] if isinstance(value, str) else type(value).__name__

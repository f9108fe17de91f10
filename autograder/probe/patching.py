"""Give a student's class a known forward in place, and give it back untouched.

The class itself is changed, not subclassed: `super(Block, self).__init__()`, `isinstance(m, Block)`
and a second name for the class go on working.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from torch import nn

Forward = Callable[..., Any]
Undo = Callable[[], None]


def patch(
    own: type[nn.Module], arguments: int, made: list[list[Any]], forward: Forward
) -> list[Undo]:
    """Replace what `own` computes; write the first `arguments` arguments of each object to `made`.

    Returns what undoes it, to be called in this order.
    """
    init = own.__init__

    @functools.wraps(init)
    def recording_init(self: nn.Module, *args: Any, **kwargs: Any) -> None:
        given = in_order(init, (self, *args), kwargs)[1 : 1 + arguments]
        init(self, *args, **kwargs)  # first: it may raise
        made.append(given)

    return [swap(own, "forward", forward), swap(own, "__init__", recording_init)]


def in_order(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[Any]:
    """The arguments of a call in the order of the signature, whatever they are called."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        return [*args, *kwargs.values()]
    bound.apply_defaults()
    return [*bound.args, *bound.kwargs.values()]


def swap(own: type, name: str, new: Any) -> Undo:
    """Set an attribute of a class; returns what puts the class back as it was."""
    had, old = name in vars(own), vars(own).get(name)
    setattr(own, name, new)

    def undo() -> None:
        if had:
            setattr(own, name, old)
        else:
            delattr(own, name)

    return undo

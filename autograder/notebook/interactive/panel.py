"""Controls above a picture: a panel that is alive where widgets are, and a picture everywhere.

The controls are widgets. What they move is an ordinary output (a PNG with its caption, a text)
that is replaced in place, so a saved notebook, GitHub's preview, a PDF, or a notebook that is
opened without its kernel shows the last picture. Colab is the exception: there the picture is a
widget, too, with the PNG behind it in the same output.
"""

from __future__ import annotations

import html
import importlib
import sys
import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from matplotlib.figure import Figure

from autograder.notebook.drawing import PIXELS_PER_INCH, picture_output, png
from autograder.notebook.lab_strips import markdown_safe

WIDGET = "application/vnd.jupyter.widget-view+json"
WIDEST = 850
_TEXT_STYLE = (
    "white-space: pre-wrap; overflow-wrap: anywhere; max-width: 56em; margin: 4px 0 8px;"
    " color: inherit; line-height: 1.5;"
    " font-family: var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace);"
    " font-size: 13px;"
)

Bundle = dict[str, Any]


@dataclass(frozen=True)
class Slider:
    """A number from low to high in steps."""

    name: str
    label: str
    value: float
    low: float
    high: float
    step: float
    hint: str


@dataclass(frozen=True)
class Choice:
    """One of several values, each under its label."""

    name: str
    label: str
    value: Hashable
    options: Sequence[tuple[str, Hashable]]
    hint: str


@dataclass(frozen=True)
class Words:
    """A line of text to type."""

    name: str
    label: str
    value: str
    hint: str


Control = Slider | Choice | Words


@dataclass(frozen=True)
class View:
    """What a panel shows for one choice: a picture, its caption, and a text below, if any."""

    picture: bytes
    width: int
    caption: str
    text: str = ""

    @classmethod
    def of(cls, figure: Figure, caption: str, text: str = "") -> View:
        """Draw a figure; its caption is its alternative text."""
        width = min(WIDEST, int(figure.get_figwidth() * PIXELS_PER_INCH))
        return cls(png(figure), width, caption, text)


@dataclass
class Panel:
    """Controls and what they show; draw gets a value for each control, by name, and returns a View.

    name: what the panel is about, in a few words. A view that was drawn once is kept.
    """

    name: str
    controls: Sequence[Control]
    draw: Callable[..., View]
    kept: dict[tuple[Hashable, ...], View] = field(default_factory=dict)
    widgets: dict[str, Any] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    def view(self, **values: Any) -> View:
        """Return what stands below the controls at these values; raises what `draw` raises."""
        key = tuple(values[control.name] for control in self.controls)
        if key not in self.kept:
            self.kept[key] = self.draw(**values)
        return self.kept[key]

    def show(self) -> None:
        """Display controls and picture; the first picture's errors are raised, not caught."""
        from IPython.core.getipython import get_ipython

        first = self.view(**{control.name: control.value for control in self.controls})
        if get_ipython() is None:
            print("\n\n".join(filter(None, [first.caption, first.text])))
            return
        library = widget_library()
        if library is None:
            publish({"text/plain": missing(self)})
        else:
            publish(self.build(library))
        inside = library if on_colab() else None
        self.parts = [part(inside) for part in (Picture, Caption, Text)]
        for part in self.parts:
            part.show(first)

    def build(self, library: ModuleType) -> Bundle:
        """Make the widgets and return the output that shows them, with words for who cannot."""
        self.widgets = {control.name: widget_for(library, control) for control in self.controls}
        for widget in self.widgets.values():
            widget.observe(self.follow, names="value")
        layout = library.Layout(flex_flow="row wrap", width="100%", align_items="center")
        row = library.HBox(list(self.widgets.values()), layout=layout)
        return {WIDGET: reference(row), "text/plain": resting(self)}

    def follow(self, _change: object = None) -> None:
        """Show what the controls now ask for; an error becomes a sentence below the picture."""
        try:
            view = self.view(**{name: widget.value for name, widget in self.widgets.items()})
        except Exception as error:  # the student's model runs in there
            self.parts[-1].update(View(b"", 0, "", apology(error)))
            return
        for part in self.parts:
            part.update(view)


class Part:
    """One output of a panel that is replaced in place: on Colab a widget, elsewhere a display."""

    def __init__(self, library: ModuleType | None) -> None:
        self.widget = None if library is None else self.make(library)
        self.display_id = uuid.uuid4().hex

    def show(self, view: View) -> None:
        """Display the output for the first time."""
        bundle, metadata = self.bundle(view)
        if self.widget is not None:
            self.fill(view)
            bundle = {WIDGET: reference(self.widget), **bundle}
        publish(bundle, metadata, self.display_id)

    def update(self, view: View) -> None:
        """Replace what stands there."""
        if self.widget is not None:
            self.fill(view)
        else:
            publish(*self.bundle(view), self.display_id, update=True)

    def make(self, library: ModuleType) -> Any:
        """Return the widget that shows this part where displays cannot be replaced."""
        return library.HTML()

    def fill(self, view: View) -> None:
        """Set the widget."""
        assert self.widget is not None
        self.widget.value = self.bundle(view)[0].get("text/html", "")

    def bundle(self, view: View) -> tuple[Bundle, Bundle]:
        """Return the part as an output, with its metadata."""
        raise NotImplementedError


class Picture(Part):
    """The figure."""

    def bundle(self, view: View) -> tuple[Bundle, Bundle]:
        """Return the PNG with its width and alternative text."""
        return picture_output(view.picture, view.width, view.caption)


class Caption(Part):
    """The words below the figure."""

    def bundle(self, view: View) -> tuple[Bundle, Bundle]:
        """Return the caption in italics."""
        shown = f"<p><em>{html.escape(view.caption)}</em></p>"
        in_markdown = f"*{markdown_safe(view.caption)}*"
        return {"text/markdown": in_markdown, "text/html": shown, "text/plain": view.caption}, {}


class Text(Part):
    """Texts below the caption, and what to do when something went wrong."""

    def bundle(self, view: View) -> tuple[Bundle, Bundle]:
        """Return the text with its lines as they are; announced to readers of the screen."""
        style = _TEXT_STYLE if view.text else "display: none;"
        shown = f'<div role="status" style="{style}">{html.escape(view.text)}</div>'
        return {"text/html": shown, "text/plain": view.text}, {}


def widget_library() -> ModuleType | None:
    """Return ipywidgets, or None where it is not installed or cannot be imported."""
    try:
        return importlib.import_module("ipywidgets")
    except ImportError:
        return None


def on_colab() -> bool:
    """Whether this kernel is Colab's."""
    return "google.colab" in sys.modules


def widget_for(library: ModuleType, control: Control) -> Any:
    """Make one widget, with a label, and a hint for the mouse and for readers of the screen."""
    common = {
        "description": control.label,
        "style": {"description_width": "initial"},
        "layout": library.Layout(width=width_of(control), margin="2px 18px 2px 2px"),
    }
    match control:
        case Slider():
            widget = library.FloatSlider(
                value=control.value, min=control.low, max=control.high, step=control.step,
                readout_format=".1f", **common,
            )  # fmt: skip
        case Choice():
            widget = library.Dropdown(options=control.options, value=control.value, **common)
        case Words():
            widget = library.Text(value=control.value, **common)
    # ipywidgets 8 has a tooltip for every widget, 7 one for the description
    name = "tooltip" if widget.has_trait("tooltip") else "description_tooltip"
    setattr(widget, name, control.hint)
    return widget


def width_of(control: Control) -> str:
    """Return how wide a control is: together they fit on a page of 900 pixels."""
    return {Slider: "420px", Choice: "auto", Words: "min(600px, 100%)"}[type(control)]


def reference(widget: Any) -> dict[str, Any]:
    """Return what an output holds of a widget."""
    return {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}


def publish(
    bundle: Bundle, metadata: Bundle | None = None, display_id: str = "", update: bool = False
) -> None:
    """Send an output to the notebook, or replace one that has this id."""
    from IPython.display import publish_display_data

    transient = {"display_id": display_id} if display_id else None
    publish_display_data(bundle, metadata or {}, transient=transient, update=update)


def named(panel: Panel) -> str:
    """Name a panel's controls: "temperature", "layer and head"."""
    names = [control.label for control in panel.controls]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def resting(panel: Panel) -> str:
    """Say what a reader is missing who sees the output without its widgets."""
    return (
        f"{panel.name}: controls for {named(panel)} stand here while the notebook runs in "
        "JupyterLab, VS Code or Colab. Below is what they showed last."
    )


def missing(panel: Panel) -> str:
    """Say what to do where there are no widgets at all."""
    return (
        f"{panel.name}: the controls for {named(panel)} need the package ipywidgets "
        "(pip install ipywidgets, then restart the kernel). Below is one picture without them."
    )


def apology(error: Exception) -> str:
    """Tell an error of the student's model in one sentence; of a wrong wish, in its own words."""
    if isinstance(error, ValueError):
        return f"Nothing new to show: {error}."
    return (
        f"Your model stopped here with {type(error).__name__}: {error}. The picture above is the "
        "one before. The check of the exercise says more."
    )

"""Marking task by task: pages beside formgrader's, for answers in words.

formgrader shows one whole notebook after the other, in an order drawn at random. The pages of this
package (`/by-task/`) show the answers of the whole class to one task, similar ones together, with
question, rubric and reference answer beside them. The marks are the gradebook's own: formgrader,
feedback and exports see the same ones.

A course folder's `nbgrader_config.py` calls `beside_formgrader`: it is the one file that Jupyter
reads from the folder it is started in, and formgrader the one that reads it. The module is an
ordinary server extension too, for `jupyter server extension enable autograder.marking`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

FORMGRADER = "nbgrader.server_extensions.formgrader"
ADDED = "autograder_marking"


def beside_formgrader() -> None:
    """Add the pages to the Jupyter server that reads this configuration; else do nothing.

    Configuration is read by every command of nbgrader's, and often: only the first time in a
    server, and only one with formgrader, matters.
    """
    module = sys.modules.get("jupyter_server.serverapp")
    if module is not None and module.ServerApp.initialized():
        app = module.ServerApp.instance()
        if getattr(app, "web_app", None) is not None:
            add_pages(app)


def add_pages(app: ServerApp) -> None:
    """Add the pages, and a link to them, where formgrader is turned on; nothing where it is not."""
    settings = app.web_app.settings
    if settings.get(ADDED) or not app.jpserver_extensions.get(FORMGRADER):
        return
    from autograder.marking.handlers import routes
    from autograder.marking.link import put_link

    settings[ADDED] = True
    app.web_app.add_handlers(".*$", routes(settings["base_url"]))
    # once the server runs, formgrader has brought its templates
    app.io_loop.add_callback(put_link, settings)
    app.log.info("Marking by task: %sby-task/", settings["base_url"])


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """What Jupyter asks a module for that it is to load."""
    return [{"module": "autograder.marking"}]


_load_jupyter_server_extension = add_pages

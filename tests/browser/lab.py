"""JupyterLab as a student sees it: a server on loopback and its page in headless Chromium.

The page is driven through JupyterLab's own commands and models (`window.jupyterapp`), not through
clicks on its markup, which changes with every release.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webelement import WebElement

CHROMIUM, CHROMEDRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
START_TIMEOUT_S = 120
CELL_TIMEOUT_S = 120
# no welcome news, no look for updates: nothing leaves this machine
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
}


@dataclass(frozen=True)
class Server:
    """A running JupyterLab."""

    port: int
    token: str
    root: Path

    def url(self, path: str) -> str:
        """Return the address of one of JupyterLab's paths, token included."""
        return f"http://127.0.0.1:{self.port}/{path}?token={self.token}"


@contextmanager
def jupyterlab(root: Path, home: Path) -> Iterator[Server]:
    """Serve the folder root; settings, kernels' files and log stay below home.

    Raises RuntimeError with the end of the log if it does not start.
    """
    server = Server(_free_port(), secrets.token_hex(16), root)
    settings = home / "config" / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
    log = home / "jupyterlab.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            _command(server), cwd=root, env=_environment(home), stdout=sink, stderr=sink
        )
        try:
            _wait_until_up(server, process, log)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """Start a headless Chromium with a profile of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "disable-dev-shm-usage",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "window-size=1280,1500",
        f"user-data-dir={profile}",
    ):
        options.add_argument(f"--{flag}")
    driver = webdriver.Chrome(options=options, service=Service(str(CHROMEDRIVER)))
    driver.set_script_timeout(CELL_TIMEOUT_S)
    try:
        yield driver
    finally:
        driver.quit()


class NotebookPage:
    """One notebook open in JupyterLab."""

    def __init__(self, driver: webdriver.Chrome, server: Server, name: str) -> None:
        """Open root/name and wait until its kernel has started."""
        self.driver = driver
        driver.get(server.url(f"lab/tree/{name}"))
        wait_for(lambda: driver.execute_script("return !!window.jupyterapp"), "JupyterLab's page")
        self._run("await app.restored")
        self._run("await app.commands.execute('application:set-mode', {mode: 'single-document'})")
        wait_for(
            lambda: self._run("return app.shell.currentWidget?.context?.path === arg", name), name
        )
        wait_for(self._has_kernel, f"the kernel of {name}")

    def use_theme(self, name: str) -> None:
        """Switch to the theme of this name and wait until the page wears it."""
        self._run("await app.commands.execute('apputils:change-theme', {theme: arg})", name)
        wait_for(lambda: self._run("return document.body.dataset.jpThemeName === arg", name), name)

    def cell_ids(self) -> list[str]:
        """Return the ids of all cells, top to bottom."""
        return self._run("return cells.map(cell => cell.id)")

    def write(self, cell_id: str, source: str) -> None:
        """Replace what stands in a cell, as typing would."""
        self._run("find(arg.id).sharedModel.setSource(arg.source)", id=cell_id, source=source)

    def run_cell(self, cell_id: str) -> None:
        """Run one cell as its student would, and wait for its end."""
        self._run(
            """content.deselectAll();
            content.activeCellIndex = cells.findIndex(cell => cell.id === arg);
            await app.commands.execute('notebook:run-cell');""",
            cell_id,
        )

    def keep_everything_drawn(self) -> None:
        """Draw all cells, also those out of sight, so that all of them can be measured."""
        self._run(
            "content.notebookConfig = {...content.notebookConfig, windowingMode: 'none'};"
            "await new Promise(done => setTimeout(done, 500));"
        )

    def run_all(self, timeout_s: float) -> None:
        """Run all cells, top to bottom, and wait for the end; raise TimeoutError if none comes."""
        self._run(
            """window.allCellsRan = false;
            app.commands.execute('notebook:run-all-cells').then(
                () => { window.allCellsRan = true; });"""
        )
        wait_for(lambda: self._run("return window.allCellsRan"), "the end of the run", timeout_s)

    def measurements(self) -> list[dict[str, Any]]:
        """Return, for each cell with outputs, its id, what sticks out of it, and its figures.

        wide: kinds of the outputs that are wider than their place; images: of each `img`, its
        natural and its shown width, its alternative text, and whether it ends inside its place.
        """
        return self._run(MEASURE)

    def page_overflow(self) -> int:
        """Return by how many pixels the notebook is wider than the window."""
        return self._run("return content.node.scrollWidth - content.node.clientWidth")

    def outputs(self, cell_id: str) -> list[dict[str, Any]]:
        """Return a cell's outputs as they would be saved."""
        return self._run("return find(arg).outputs?.toJSON() ?? []", cell_id)

    def shown(self, cell_id: str) -> str:
        """Scroll to a cell and return the text that its output shows on the page."""
        self._run("await content.scrollToItem(index(arg), 'start')", cell_id)
        text = "return content.widgets[index(arg)].outputArea?.node.innerText ?? ''"
        wait_for(lambda: self._run(text, cell_id).strip(), f"something shown below {cell_id}")
        return self._run(text, cell_id)

    def labels_of_drawings(self, cell_id: str) -> list[str]:
        """Return what the drawings below a cell are called for those who do not see them."""
        drawings = "[role=img][aria-label]:is(svg)"
        return self._run(
            """const found = content.widgets[index(arg.id)].outputArea.node;
            const drawings = Array.from(found.querySelectorAll(arg.drawings));
            return drawings.map(each => each.getAttribute('aria-label'));""",
            id=cell_id, drawings=drawings,
        )  # fmt: skip

    def element(self, cell_id: str, selector: str) -> WebElement:
        """Scroll to a cell, wait for an element in its output, and return it."""
        self._run("await content.scrollToItem(index(arg), 'start')", cell_id)
        found = "return content.widgets[index(arg.id)].outputArea.node.querySelector(arg.selector)"
        wait_for(lambda: self._run(found, id=cell_id, selector=selector), selector)
        return self._run(found, id=cell_id, selector=selector)

    def overflow(self, cell_id: str) -> int:
        """Return by how many pixels the widest thing in a cell's output leaves it on the right."""
        return self._run(
            """const area = content.widgets[index(arg)].outputArea.node;
            const edge = area.getBoundingClientRect().right;
            const ends = Array.from(area.querySelectorAll('*'))
                .filter(each => !each.closest('.widget-inline-hbox .ui-slider, [hidden]'))
                .map(each => each.getBoundingClientRect().right);
            return Math.ceil(Math.max(0, ...ends) - edge);""",
            cell_id,
        )

    def errors(self, cell_id: str) -> list[str]:
        """Return the exceptions that a cell's outputs show."""
        outputs = self.outputs(cell_id)
        return [f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"]

    def close(self) -> None:
        """Shut the kernel down and forget unsaved changes, so that the page can be left."""
        self._run("await panel.sessionContext.shutdown(); panel.context.model.dirty = false;")

    def screenshot(self, path: Path) -> None:
        """Write what the window shows as a PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        assert self.driver.save_screenshot(str(path)), f"cannot write {path}"

    def _has_kernel(self) -> bool:
        """Say whether the notebook can run; a question to the student instead is an error."""
        question = self._run("return document.querySelector('.jp-Dialog')?.innerText")
        if question:
            raise RuntimeError(f"JupyterLab opens the notebook with a question: {question!r}")
        return self._run("return panel.context.isReady && panel.sessionContext.isReady")

    def _run(self, body: str, arg: Any = None, /, **args: Any) -> Any:
        """Run JavaScript in the page with the open notebook at hand; its exception becomes ours."""
        script = """
        const [arg, done] = arguments, app = window.jupyterapp;
        (async () => {
            const panel = app.shell.currentWidget, content = panel?.content;
            const cells = Array.from(content?.model?.cells ?? []);
            const index = id => cells.findIndex(cell => cell.id === id);
            const find = id => cells[index(id)] ?? (() => { throw Error(`no cell ${id}`); })();
            %s
        })().then(value => done({value}), error => done({error: String(error)}));
        """
        answer = self.driver.execute_async_script(script % body, args or arg)
        if "error" in answer:
            raise RuntimeError(f"JupyterLab: {answer['error']}")
        return answer.get("value")


# Text may scroll inside its own box; what counts is what no box holds.
MEASURE = """
await Promise.all(Array.from(content.node.querySelectorAll('img')).map(
    image => image.complete || new Promise(done => { image.onload = image.onerror = done; })));
return content.widgets.filter(cell => cell.outputArea?.model.length).map(cell => {
    const place = cell.outputArea.node, edge = place.getBoundingClientRect().right + 1;
    const wide = Array.from(place.querySelectorAll('.jp-OutputArea-output'))
        .filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
        .map(each => `${each.className}: ${each.scrollWidth} > ${each.clientWidth}`);
    const images = Array.from(place.querySelectorAll('img')).map(image => ({
        natural: image.naturalWidth, shown: image.getBoundingClientRect().width,
        alt: image.alt, inside: image.getBoundingClientRect().right <= edge}));
    return {id: cell.model.id, wide, images};
});
"""


def _command(server: Server) -> list[str]:
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--expose-app-in-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.port={server.port}", f"--IdentityProvider.token={server.token}"),
        *(f"--ServerApp.root_dir={server.root}", "--LabApp.extension_manager=readonly"),
    ]


def _environment(home: Path) -> dict[str, str]:
    return os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"JupyterLab stopped at once:\n{log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(server.url("api/status"), timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    try:
        wait_for(answers, "JupyterLab's server")
    except TimeoutError as late:
        raise RuntimeError(f"{late}:\n{log.read_text()[-3000:]}") from None


def wait_for(condition: Callable[[], Any], what: str, timeout_s: float = START_TIMEOUT_S) -> None:
    """Ask again until the condition holds; raise TimeoutError naming what was waited for."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not appear within {timeout_s:g} s")
        time.sleep(0.2)

"""The kernel's process: ipykernel over ipc, forked warm from the driver, without network, history or standard input.

Besides cells it answers questions (`bilik_ask`): by a message of its own, not by running code in the notebook, so that
an honest notebook that patches its shell still gives its values.
"""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import asking
import figures
from inside.reaping import LIBC, settle

PR_SET_PDEATHSIG = 1
MOST_PRINTED = 65536
PACKAGES = ("numpy", "pandas", "matplotlib.backends.backend_agg", "pandas.plotting._matplotlib")


def preload() -> None:
    """Import, before any fork, what a notebook pays for."""
    figures.import_pyplot()
    for name in ("ipykernel.kernelapp", "ipykernel.iostream", "IPython.core.magics", "matplotlib_inline", *PACKAGES):
        importlib.import_module(name)
    _draw()


def _draw() -> None:
    """What the first figure of a process pays for: fonts, the renderer, what pandas imports to plot."""
    import pandas
    from matplotlib.figure import Figure

    figure = Figure()
    pandas.Series([1.0, 2.0], index=["a", "b"]).plot.bar(ax=figure.subplots(), title="t")
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")


def run(connection_file: str, folder: str, ready: int, *, box: str, closed: tuple[int, ...], ours: list[str]) -> None:
    """Be the kernel. Writes one byte to `ready` when it can be spoken to. Never returns."""
    code = 70
    try:
        for fd in closed:
            os.close(fd)
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        settle()
        null = os.open("/dev/null", os.O_RDWR)
        for fd in (0, 1, 2):  # what is written here comes through IOPub; ipykernel would echo it
            os.dup2(null, fd)
        os.environ.pop("JPY_PARENT_PID", None)
        os.environ["IPYTHONDIR"] = f"{folder}/ipython"
        sys.argv[:] = ["ipykernel_launcher"]
        here = os.path.dirname(os.path.abspath(__file__))
        sys.path[:] = ["", *(path for path in sys.path if path != here)]
        for name in ours:
            sys.modules.pop(name, None)
        os.chdir(box)
        _patch_pipe(folder)
        app = _application(connection_file)
        _take_figures()
        app.kernel.shell_handlers["bilik_ask"] = Questions(app.kernel, box).answer
        os.write(ready, b"1")
        os.close(ready)
        app.start()
        code = 0
    finally:
        os._exit(code)


def _application(connection_file: str) -> Any:
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.history_length = 0
    config.IPKernelApp.connection_file = connection_file
    config.IPKernelApp.transport = "ipc"
    config.IPKernelApp.parent_handle = 0
    app = IPKernelApp.instance(config=config)
    app.initialize([])
    assert app.shell is not None
    # `quit()` would end the kernel a tenth of a second later, in whatever cell that is.
    app.shell.unobserve_all("exit_now")
    return app


def _patch_pipe(folder: str) -> None:
    """The pipe for output of forked processes, over ipc: ipykernel's own needs the network, and aborts without."""
    import zmq
    from ipykernel.iostream import IOPubThread
    from zmq.eventloop.zmqstream import ZMQStream

    address = f"ipc://{folder}/forked"

    def setup_in(self: Any) -> None:
        self._pipe_uuid = os.urandom(16)
        socket = self.socket.context.socket(zmq.PULL)
        socket.linger = 0
        socket.bind(address)
        self._pipe_port = 0
        self._pipe_in = ZMQStream(socket, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def setup_out(self: Any) -> Any:
        context = zmq.Context()
        socket = context.socket(zmq.PUSH)
        socket.linger = 3000
        socket.connect(address)
        return context, socket

    IOPubThread._setup_pipe_in = setup_in  # type: ignore[method-assign]
    IOPubThread._setup_pipe_out = setup_out  # type: ignore[method-assign]


def _take_figures() -> None:
    """Keep the data of each figure as the notebook shows it."""
    from matplotlib_inline import backend_inline

    display = backend_inline.display

    def taking(figure: Any, **kwargs: Any) -> Any:
        figures.take(figure)
        return display(figure, **kwargs)

    backend_inline.display = taking  # type: ignore[assignment]
    backend_inline._enable_matplotlib_integration()  # it was imported before there was a shell


class Questions:
    """Answers questions from the names of the notebook."""

    def __init__(self, kernel: Any, box: str) -> None:
        self.kernel, self.box = kernel, box

    async def answer(self, stream: Any, ident: Any, parent: Any) -> None:
        asked = parent["content"]
        out, err = io.StringIO(), io.StringIO()
        names = self.kernel.shell.user_ns

        def work() -> Any:
            return asking.ANSWERS[asked["question"]["q"]](asked["question"], names)

        with redirect_stdout(out), redirect_stderr(err):
            found = asking.guarded(work, own=self.named, items=asked["items"])
        said = {name: text.getvalue() for name, text in (("stdout", out), ("stderr", err))}
        found["cut"] = any(len(text) > MOST_PRINTED for text in said.values())
        found |= {name: asking.codec.plain_text(text[:MOST_PRINTED]) for name, text in said.items()}
        self.kernel.session.send(stream, "bilik_reply", {"answer": asking.whole(found).decode()}, parent, ident=ident)

    def named(self, file: str) -> str | None:
        """How a file of the learner's is called in a trace: a cell by its number."""
        cell = getattr(self.kernel.shell.compile, "_filename_map", {}).get(file)
        if cell is not None:
            return f"Cell In[{cell}]"
        return asking.inside(self.box, file)

"""PID 1 of a notebook's runner: nbclient drives a kernel that was forked warm, cell by cell, as the worker asks.

What a kernel says is only ever shown; points come from the questions. So everything that comes out of it is bounded
here, and nothing of it can end the driver.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import threading
import types
from collections.abc import Awaitable, Callable
from typing import Any

import asking
import folder
import kernel
from inside import codec, frames
from inside.reaping import empty
from inside.wire import Wire

MOST_CELL = frames.MIB
MOST_RUN = 8 * frames.MIB
MOST_ERROR = 65536  # more for how a cell ended
MOST_HEARD = 64 * frames.MIB  # of one kernel, kept or not; more ends it
MOST_OUTPUTS = 200
MOST_BODY = frames.MOST_OUT - 65536
TRIES = (15, 30, 90)  # seconds a kernel may take to come up: rarely one hangs; on a busy machine all are slow
SCHEMAS = ("jsonschema", "jsonschema.exceptions", "fastjsonschema")
IOPUB = 4  # seconds that output may come after its cell
WELCOME = 0.3  # seconds in which a kernel's outputs are heard, once they can be


def preload() -> None:
    """Import, before any fork, what driver and kernel need; without schemas, for nothing here is validated by them."""
    stubs = {name: _stub(name) for name in SCHEMAS if name not in sys.modules}
    sys.modules.update(stubs)
    import nbformat.v4.nbbase

    nbformat.v4.nbbase.validate = lambda *_, **__: None
    kernel.preload()
    _client_class()
    for name in stubs:
        del sys.modules[name]


def _stub(name: str) -> types.ModuleType:
    """A module that has every name, and nothing behind it."""

    def found(wanted: str) -> type[Exception]:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        return type(wanted, (Exception,), {})

    module = types.ModuleType(name)
    module.__getattr__ = found  # type: ignore[method-assign]
    return module


class Kernel:
    """A kernel forked from this process, and the client that speaks to it."""

    def __init__(self, wire: Wire, *, box: str, ours: list[str], seconds: float) -> None:
        """TimeoutError when it does not come up in so many seconds; it is ended then."""
        from jupyter_client.asynchronous import AsyncKernelClient
        from jupyter_client.connect import write_connection_file

        self.folder = tempfile.mkdtemp(prefix="kernel-")
        file = f"{self.folder}/connection.json"
        write_connection_file(file, transport="ipc", ip=f"{self.folder}/k")
        heard, ready = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            closed = (heard, wire.source, wire.target)
            kernel.run(file, self.folder, ready, box=box, closed=closed, ours=ours)
        os.close(ready)
        self.gone = os.pidfd_open(self.pid)
        came, _, _ = select.select([heard], [], [], seconds)
        if came and not os.read(heard, 1):
            raise RuntimeError("the kernel ended at its start")
        os.close(heard)
        if not came:
            self.end()
            raise TimeoutError
        self.client = AsyncKernelClient(connection_file=file)
        self.client.load_connection_file()

    async def connect(self, seconds: float) -> None:
        """Open the channels, and wait until the first output could be heard. TimeoutError: it is ended then."""
        self.client.start_channels(stdin=False, hb=False, control=False)
        try:
            await asyncio.wait_for(self._answers(), seconds)
        except TimeoutError:
            self.client.stop_channels()
            self.end()
            raise

    async def _answers(self) -> None:
        """Asks until its output is heard. Its welcome may never come: ipykernel misses a subscription that comes while
        it sends (two in a hundred), and what is said before the subscription counts nobody hears."""
        await _within(WELCOME, self._said(lambda message: message["msg_type"] == "iopub_welcome"))
        is_heard = False
        while not is_heard:
            asked = self.client.execute("None", silent=True, store_history=False)
            await self.client.shell_channel.get_msg()
            is_heard = await _within(WELCOME, self._said(functools.partial(_is_idle, parent=asked)))

    async def _said(self, wanted: Callable[[Any], bool]) -> None:
        while not wanted(await self.client.iopub_channel.get_msg()):
            pass

    @property
    def alive(self) -> bool:
        return not select.select([self.gone], [], [], 0)[0]

    async def died(self) -> None:
        """Return when the kernel is gone."""
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self.gone, gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(self.gone)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill it and leave nothing of it."""
        self.kill()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        os.close(self.gone)
        shutil.rmtree(self.folder, ignore_errors=True)


def start(wire: Wire, loop: asyncio.AbstractEventLoop, *, box: str, ours: list[str]) -> Kernel:
    """A kernel that answers. TimeoutError when none of three did."""
    for number, seconds in enumerate(TRIES, 1):
        try:
            found = Kernel(wire, box=box, ours=ours, seconds=seconds)
            loop.run_until_complete(found.connect(seconds))
        except TimeoutError:
            print(f"kernel {number} did not answer in {seconds} s", file=sys.stderr, flush=True)
            continue
        return found
    raise TimeoutError("no kernel came up")


async def _within(seconds: float, act: Awaitable[None]) -> bool:
    """Whether it ended in time."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(act, seconds)
        return True
    return False


def _is_idle(message: Any, parent: str) -> bool:
    return (
        message["msg_type"] == "status"
        and message["parent_header"].get("msg_id") == parent
        and message["content"]["execution_state"] == "idle"
    )


@functools.cache
def _client_class() -> Any:
    """nbclient over a kernel that runs already, deaf to what a notebook must not do. Made before a learner waits."""
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    class Client(NotebookClient):
        run: Kernel
        kept = heard = spent = 0  # bytes as JSON: of the run, of all that came, of this cell
        cut = False

        async def _async_check_alive(self) -> None:
            if not self.run.alive:
                raise DeadKernelError("Kernel died")

        async def _async_poll_kernel_alive(self) -> None:
            await self.run.died()
            if self.task_poll_for_reply is not None:
                self.task_poll_for_reply.cancel()

        def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
            """Drop what is too much, other cells' outputs and widgets; keep the rest as nbclient does."""
            kind = str(msg.get("msg_type"))
            if kind.startswith("comm"):
                return None
            size = len(json.dumps(msg.get("content"), default=str)) if kind not in ("status", "execute_input") else 0
            self.heard += size
            if self.heard > MOST_HEARD:
                self.run.kill()
            if kind == "clear_output":
                self.spent = 0
            room = min(MOST_CELL - self.spent, MOST_RUN - self.kept) + (MOST_ERROR if kind == "error" else 0)
            if size > room or (size and kind != "stream" and len(cell.outputs) >= MOST_OUTPUTS):
                self.cut = True
                return None
            self.kept += size
            self.spent += size
            last = cell.outputs[-1] if cell.outputs and not self.clear_before_next_output else {}
            if kind == "stream" and last.get("name") == msg["content"].get("name"):
                last["text"] += str(msg["content"].get("text", ""))
                return None
            if kind == "update_display_data":
                self._display_id_map = {
                    key: {cell_index: places[cell_index]}
                    for key, places in self._display_id_map.items()
                    if cell_index in places
                }
            return super().process_message(msg, cell, cell_index)

    return Client


def _client(run: Kernel, notebook: Any) -> Any:
    client = _client_class()(
        notebook,
        allow_errors=True,
        timeout=None,
        iopub_timeout=IOPUB,
        store_widget_state=False,
        record_timing=False,
        skip_cells_with_tag="no tag is called so",
    )
    client.run, client.kc = run, run.client
    client.reset_execution_trackers()
    return client


class Driver:
    """One notebook: its cells by number, what they put out, and questions about what they left."""

    def __init__(self, started: Kernel, run: Any, loop: asyncio.AbstractEventLoop) -> None:
        from nbformat.v4 import nbbase

        self.kernel, self.loop, self.items = started, loop, run.items
        told = json.loads(run.files.get("notebook.ipynb", b'{"cells":[]}'))
        self.cells = [_cell(nbbase, one) for one in told["cells"]]
        self.endings: dict[int, str] = {}
        self.client = _client(started, nbbase.new_notebook(cells=self.cells))

    def run_cell(self, index: int) -> bytes:
        """Run one cell; the outputs as JSON."""
        if not 0 <= index < len(self.cells):
            return b'{"outputs":[],"ended":"missing"}'
        cell = self.cells[index]
        self.client.cut, self.client.spent = False, 0
        ended = "crashed"
        if self.kernel.alive:
            try:
                self.loop.run_until_complete(self.client.async_execute_cell(cell, index))
                failed = any(output["output_type"] == "error" for output in cell.get("outputs", []))
                ended = "error" if failed else "ok"
            except Exception as why:  # noqa: BLE001 - a kernel may say anything, or nothing any more
                ended = "crashed" if not self.kernel.alive else "error"
                print(f"cell {index}: {type(why).__name__}", file=sys.stderr)
        if self.client.heard > MOST_HEARD:
            ended = "output_limit"
        self.endings[index] = ended
        made = {"outputs": cell.get("outputs", []), "ended": ended, "cut": self.client.cut}
        body = json.dumps(made, default=str).encode()
        return body if len(body) < MOST_BODY else json.dumps(made | {"outputs": [], "cut": True}).encode()

    def ask(self, question: dict[str, Any]) -> bytes:
        """The answer to a question about the names of the notebook, its figures or a cell."""
        if question["q"] == "cell":
            return asking.whole(self._cell(question["id"]))
        if not self.kernel.alive:
            return asking.whole({"ended": "crashed"})
        try:
            return self.loop.run_until_complete(self._asked(question))
        except Exception as why:  # noqa: BLE001 - as above
            print(f"question: {type(why).__name__}", file=sys.stderr)
            return asking.whole({"ended": "crashed" if not self.kernel.alive else "tampered"})

    async def _asked(self, question: dict[str, Any]) -> bytes:
        client = self.kernel.client
        message = client.session.msg("bilik_ask", {"question": question, "items": self.items})
        client.shell_channel.send(message)
        reply = asyncio.ensure_future(self._reply(message["header"]["msg_id"]))
        gone = asyncio.ensure_future(self.kernel.died())
        await asyncio.wait((reply, gone), return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not reply.done():
            reply.cancel()
            return asking.whole({"ended": "crashed"})
        return reply.result()

    async def _reply(self, asked: str) -> bytes:
        while True:
            message = await self.kernel.client.shell_channel.get_msg()
            if message["parent_header"].get("msg_id") == asked and message["msg_type"] == "bilik_reply":
                answer = str(message["content"]["answer"]).encode("utf-8", "replace")
                return answer if len(answer) < MOST_BODY else asking.whole({"ended": "tampered"})

    def _cell(self, id: str) -> dict[str, Any]:
        for index, cell in enumerate(self.cells):  # noqa: B007 - the last one is meant
            if cell.get("id") == id:
                break
        else:
            return {"ended": "missing", "error": asking.nothing_called(id)}
        texts = {"stdout": "", "text": "", "error": ""}
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream":
                texts["stdout"] += output["text"] if output["name"] == "stdout" else ""
            elif output["output_type"] == "error":
                texts["error"] = f"{output['ename']}: {output['evalue']}"
            else:
                texts["text"] += str(output["data"].get("text/plain", "")) + "\n"
        if self.endings.get(index, "ok") in ("crashed", "output_limit"):
            return {"ended": self.endings[index]}
        return {"ended": "value", "value": codec.pack({name: str(text) for name, text in texts.items()})}


def _cell(nbbase: Any, told: dict[str, Any]) -> Any:
    source = told.get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    if told.get("cell_type") != "code":
        return nbbase.new_markdown_cell(text)
    cell = nbbase.new_code_cell(text)
    cell["id"] = str(told.get("id", ""))
    return cell


def serve(wire: Wire, begin: Any, *, box: str, ours: list[str]) -> None:
    """Start the kernel, say that it is ready, take the notebook, and answer until the host closes."""
    loop = asyncio.new_event_loop()
    started = start(wire, loop, box=box, ours=ours)
    threading.Thread(target=_end_with_host, args=(wire, started), daemon=True).start()
    wire.write({"is": "ready", "image": "python"})
    run = begin(wire.read())
    empty(box)
    folder.fill(box, {name: data for name, data in run.files.items() if name != "notebook.ipynb"})
    driver = Driver(started, run, loop)
    wire.write({"is": "begun", "run": run.id})
    while True:
        header, body = wire.read()
        told = {"run": run.id, "seq": header.get("seq"), "nonce": header.get("nonce")}
        match header.get("do"):
            case "cell":
                wire.write({"is": "cell", **told}, driver.run_cell(header["index"]))
            case "ask":
                wire.write({"is": "reply", **told}, driver.ask(frames.strict_json(body)))
            case _:
                raise ValueError("a run can begin only once")


def _end_with_host(wire: Wire, started: Kernel) -> None:
    """End with the host, whatever the kernel does."""
    poll = select.poll()
    poll.register(wire.source, 0)
    poll.poll()
    started.kill()
    shutil.rmtree(started.folder, ignore_errors=True)
    os._exit(0)

"""Real commands in children of a process that has imported everything: seconds become tenths.

``Warm`` starts that process with the file layer (``layer``) in it. It forks a child for each command; the child
may get a fault, and runs the command line as a user's shell would, with exit code and standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bench.reliability.layer import Fault, arm, compiled, disarm
from pipeline.home import PROJECT

LONGEST_S = 300
"""A command that takes longer hangs: it is ended, and its exit code is -14 (SIGALRM)."""


class Ended(NamedTuple):
    """How a command ended: exit code (minus the signal's number where one ended it), standard error and
    output, seconds, seconds of processor time, MiB at most, and the trace of a fault that only counts."""

    code: int
    said: str
    given: str
    seconds: float
    cpu: float
    memory: int
    trace: tuple[str, ...]


class Warm:
    """The process that forks; ``with Warm() as warm: warm(home, "run", "files")``."""

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "LD_PRELOAD": str(compiled()),
            "PYTHONPATH": str(PROJECT),
            "YANGGUANG_WORKERS": "1",
            "YANGGUANG_HOME": tempfile.gettempdir(),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.reliability.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=PROJECT,
        )

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:  # it waits for a child that is not done
            self._process.kill()
            self._process.wait()

    def __call__(
        self,
        home: Path,
        *words: str,
        fault: Fault | None = None,
        call: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run a command line (``words``) in a home, or ``call`` (``module:function`` that takes the home and
        the words, its answer printed as JSON); with a fault, where one is given."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {
            "home": str(home),
            "words": words,
            "fault": fault,
            "call": call,
            "environment": dict(environment or {}),
        }
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the warm process is gone")
        told = json.loads(answer)
        return Ended(*told[:-1], tuple(told[-1]))

    def ask(self, home: Path, call: str, *words: str, fault: Fault | None = None) -> Any:
        """What a function (``module:function``) says of a home, in a child of its own."""
        ended = self(home, *words, call=call, fault=fault)
        if ended.code:
            raise RuntimeError(f"{call}: exit {ended.code}\n{ended.said}")
        return json.loads(ended.given)


def _serve() -> None:
    _import_everything()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        asked = json.loads(line)
        with tempfile.TemporaryDirectory(prefix="yangguang-warm-") as folder:
            print(json.dumps(_in_child(asked, Path(folder))), file=out, flush=True)


def _import_everything() -> None:
    import multiprocessing.forkserver as forking

    importlib.import_module("pipeline.definitions")
    from pipeline.home import Home
    from pipeline.load.models import parsed
    from pipeline.places import load_registry
    from pipeline.reading.fingerprint import reading_fingerprint
    from pipeline.stages import models_fingerprint

    reading_fingerprint(Home(Path(tempfile.gettempdir())))
    models_fingerprint()
    load_registry(None)
    parsed()
    server: Any = forking._forkserver
    server.set_forkserver_preload(["pipeline.clean.guard", "pipeline.reading.work"])
    server.ensure_running()
    server.ensure_running = lambda: (
        None
    )  # children share it, and could not wait for what is no child of theirs


def _in_child(asked: dict[str, Any], folder: Path) -> list[Any]:
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = _command(asked, folder)
        finally:
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    trace = folder / "trace"
    return [
        os.waitstatus_to_exitcode(status),
        (folder / "err").read_text(errors="replace"),
        (folder / "out").read_text(errors="replace"),
        time.monotonic() - start,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss // 1024,
        trace.read_text(errors="replace").splitlines() if trace.is_file() else [],
    ]


def _command(asked: dict[str, Any], folder: Path) -> int:
    signal.alarm(LONGEST_S)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number, name in ((1, "out"), (2, "err")):
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT)
        os.dup2(handle, number)
    os.environ.update(asked["environment"])
    os.environ["YANGGUANG_HOME"] = asked["home"]
    fault = Fault(*asked["fault"]) if asked["fault"] else None
    if fault:
        trace = os.open(folder / "trace", os.O_WRONLY | os.O_CREAT) if fault.how == "count" else -1
        arm(Path(asked["home"]), fault, trace)
    try:
        if asked["call"]:
            module, _, name = asked["call"].partition(":")
            found = getattr(__import__(module, fromlist=[name]), name)(Path(asked["home"]), *asked["words"])
            disarm()
            print(json.dumps(found), flush=True)
            return 0
        from pipeline.terminal.main import start as command_line

        sys.argv = ["yangguang", *asked["words"]]
        command_line()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    _serve()

"""Runs a function over untrusted values in worker processes with limits on time and memory.

A hostile file can make a parser run for ever, take all memory or crash the interpreter. Here it costs one
worker, which is replaced, and the file gets a ``Failure`` instead of a result.
"""

from __future__ import annotations

import logging
import math
import multiprocessing
import resource
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from types import TracebackType
from typing import Any, Literal, NamedTuple, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")

OCR_MEMORY_BYTES = 4_000_000_000
"""Address space in which recognising pages fits with room (measured: 1.9 GB for one of 43 million pixels)."""

_GRACE_S = 2.0
_START_S = 120.0
_IN_FLIGHT = 2
"""Values that a worker holds: what it works on, and what it takes up next."""

_FITS_BYTES = 60_000
"""A value of this size waits in the pipe without keeping the parent: larger ones are given when asked for."""


def start_early(preload: Sequence[str]) -> None:
    """Have what workers are forked from load these modules, while this process still loads what it needs itself."""
    _context(preload)
    forkserver.ensure_running()


def _context(preload: Sequence[str]) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *preload])
    return context


class WorkersDoNotStart(RuntimeError):
    """The machine's trouble, not a value's: nothing is worth trying further."""


class Failure(NamedTuple):
    """Why a value has no result. ``detail`` is one English sentence, ``trace`` the worker's traceback where
    there is one."""

    status: Literal["timeout", "memory", "crashed"]
    detail: str
    trace: str = ""


class _Worker:
    """A worker process, the parent's end of its pipe, and the values that it was given: the first it works
    on, the next waits in the pipe, so that it need not wait for the parent."""

    def __init__(self, process: Any, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe
        self.items: deque[Any] = deque()
        self.deadline = math.inf
        self.served = 0

    def next_done(self, wall_s: float) -> Any:
        """Takes the value that is done off the list; the next one's time begins."""
        item = self.items.popleft()
        self.deadline = time.monotonic() + wall_s if self.items else math.inf
        return item

    def stop(self) -> None:
        """Kills the process, whatever it is doing."""
        self.pipe.close()
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.process.close()


class GuardedPool:
    """A pool of worker processes with limits for each value.

    ``cpu_s`` is the processor time that a value may take, all threads together, so that a busy machine gives
    the same results; ``wall_s`` the time after which it is ended all the same (by default ten times as much:
    it waits for something). ``memory_bytes`` is a worker's address space. Workers start with the first value,
    are replaced when they die or after ``values_per_worker`` values (which bounds what leaks), and end with
    ``close`` or the ``with`` block. ``preload`` names modules that workers share from their start. One
    ``map_unordered`` at a time.
    """

    def __init__(
        self,
        workers: int,
        cpu_s: float,
        memory_bytes: int,
        *,
        wall_s: float | None = None,
        values_per_worker: int = 2_000,
        preload: Sequence[str] = (),
    ) -> None:
        if min(workers, cpu_s, memory_bytes, values_per_worker, 1 if wall_s is None else wall_s) <= 0:
            raise ValueError("workers, times, memory and values per worker must be positive")
        self._count = workers
        self._cpu = cpu_s
        self._wall = 10 * cpu_s if wall_s is None else wall_s
        self._memory = memory_bytes
        self._values_per_worker = values_per_worker
        self._context = _context(preload)
        self._function: Callable[[Any], Any] | None = None
        self._workers: dict[Connection, _Worker] = {}
        self._again: deque[Any] = deque()
        self._in_use = False

    def map_unordered(self, fn: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R | Failure]]:
        """Calls a module-level function on every item and gives ``(item, result or Failure)`` as they
        are done. Items are drawn only when a worker is free, so any number of them may stream through.
        Leaving the loop early, or Ctrl-C, kills the workers that are still busy."""
        if self._in_use:
            raise RuntimeError("the pool is already working on a map")
        self._in_use = True
        try:
            self._use(fn)
            source = iter(items)
            while True:
                self._give_out(source)
                if not any(worker.items for worker in self._workers.values()):
                    if self._again:
                        continue
                    return
                for done, result in self._collect():
                    self._give_out(source)
                    yield done, result
        finally:
            for worker in [w for w in self._workers.values() if w.items]:
                self._end(worker)
            self._again.clear()
            self._in_use = False

    def close(self) -> None:
        """Ends all workers."""
        for worker in list(self._workers.values()):
            self._end(worker)

    def __enter__(self) -> GuardedPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _use(self, fn: Callable[[Any], Any]) -> None:
        if self._function is not fn:
            self.close()
            self._function = fn

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_serve, args=(theirs, self._function, self._memory, self._cpu), daemon=True
        )
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        try:
            if not ours.poll(_START_S):
                raise EOFError
            ours.recv()  # it says that it is there
        except (EOFError, OSError):
            worker.process.join(_GRACE_S)
            code = worker.process.exitcode
            worker.stop()
            raise WorkersDoNotStart(f"a worker process did not start (exit code {code})") from None
        self._workers[ours] = worker
        return worker

    def _end(self, worker: _Worker) -> None:
        """Kills a worker; what waited for it and was not begun is given to another."""
        del self._workers[worker.pipe]
        self._again.extend(worker.items)
        worker.items.clear()
        worker.stop()

    def _give_out(self, source: Iterator[Any]) -> None:
        """Gives values out as long as a worker has room: first one to each, then one more that waits."""
        for waiting in range(_IN_FLIGHT):
            while True:
                worker = self._with_room(waiting)
                if worker is None:
                    break
                try:
                    item = self._again.popleft() if self._again else next(source)
                except StopIteration:
                    return
                if waiting and len(ForkingPickler.dumps(item)) > _FITS_BYTES:
                    self._again.appendleft(item)
                    return
                if not self._hand_out(worker or self._started(), item):
                    self._again.appendleft(item)
                    if waiting:
                        return  # it died on the value before, which is told when its end is collected

    def _with_room(self, waiting: int) -> _Worker | Literal[False] | None:
        """A worker that has ``waiting`` values and may take another; False where one may be started."""
        for worker in self._workers.values():
            if len(worker.items) == waiting and worker.served < self._values_per_worker:
                return worker
        return False if not waiting and len(self._workers) < self._count else None

    def _hand_out(self, worker: _Worker, item: Any) -> bool:
        """Gives a worker a value; tells whether it was there to take it."""
        try:
            worker.pipe.send_bytes(ForkingPickler.dumps(item))
        except (BrokenPipeError, ConnectionResetError):
            if not worker.items:  # it died while idle
                self._end(worker)
            return False
        worker.items.append(item)
        worker.served += 1
        if len(worker.items) == 1:
            worker.deadline = time.monotonic() + self._wall
        return True

    def _collect(self) -> list[tuple[Any, Any]]:
        """Waits until something happened; gives the values that are done and what became of them."""
        busy = {pipe: worker for pipe, worker in self._workers.items() if worker.items}
        first = min(worker.deadline for worker in busy.values())
        found: list[tuple[Any, Any]] = []
        for pipe in wait(list(busy), max(0.0, first - time.monotonic())):
            assert isinstance(pipe, Connection)
            worker = busy[pipe]
            try:
                healthy, result = pipe.recv()
            except (EOFError, OSError):
                healthy, result = False, _cause_of_death(worker, self._cpu)
                log.warning("a worker died: %s", result.detail)
            found.append((worker.next_done(self._wall), result))
            if not healthy or (worker.served >= self._values_per_worker and not worker.items):
                self._end(worker)
        now = time.monotonic()
        for worker in list(busy.values()):
            if worker.items and worker.deadline <= now and not worker.pipe.poll():
                item = worker.next_done(self._wall)
                self._end(worker)
                found.append((item, Failure("timeout", f"Took longer than {self._wall:g} s.")))
        return found


def _cause_of_death(worker: _Worker, cpu_s: float) -> Failure:
    worker.process.join(_GRACE_S)
    code = worker.process.exitcode
    if code == -signal.SIGXCPU:
        return Failure("timeout", f"Used more than {cpu_s:g} s of processor time.")
    if code == -signal.SIGKILL:
        return Failure("memory", "The system ended the worker, as it does when memory runs out.")
    if code is not None and code < 0:
        return Failure("crashed", f"The worker was ended by {signal.Signals(-code).name}.")
    return Failure("crashed", f"The worker ended with exit code {code}.")


def crash(error: Exception) -> Failure:
    """What a value gets that raised."""
    trace = "".join(traceback.format_exception(error))
    return Failure("crashed", f"{type(error).__name__}: {error}"[:500], trace)


def _serve(pipe: Connection, fn: Callable[[Any], Any], memory_bytes: int, cpu_s: float) -> None:
    """A worker's life: one value in, one answer out, until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe.send("ready")
    healthy = True
    while healthy:
        try:
            item = pipe.recv()
        except (EOFError, OSError):
            return
        except MemoryError:
            pipe.send((False, Failure("memory", f"The value does not fit into {memory_bytes} bytes.")))
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = math.ceil(used.ru_utime + used.ru_stime + cpu_s)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        answer: tuple[bool, Any]
        try:
            answer = (True, fn(item))
        except MemoryError:
            answer = (False, Failure("memory", f"Needed more than {memory_bytes} bytes."))
        except Exception as error:
            answer = (True, crash(error))
        del item
        healthy = answer[0]
        try:
            pipe.send(answer)
        except (BrokenPipeError, ConnectionResetError):
            return
        except MemoryError:
            healthy = False
            pipe.send((False, Failure("memory", f"The result does not fit into {memory_bytes} bytes.")))
        except Exception as error:  # a result that cannot be pickled
            pipe.send((True, crash(error)))

"""What a task of the cluster does, without a cluster; and what is said where there is none."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from pipeline.clean.guard import Failure
from pipeline.clean.opened import Prepared
from pipeline.cluster.executor import (
    Came,
    OtherCode,
    Read,
    Sent,
    Terms,
    code_here,
    packed,
    run_task,
    unpacked,
)
from pipeline.cluster.reading import landed
from pipeline.cluster.session import ClusterFailed, cause_in
from pipeline.crawl import RawStore, take_in
from pipeline.crawl.packing import pack
from pipeline.reading.chunks import Chunk, Done, Given, Wanted, read_chunk
from pipeline.reading.trouble import DAMAGED
from pipeline.reading.work import Job, Source
from pipeline.terminal.main import main
from tests.drawn.files import report_files


@pytest.fixture
def chunks(tmp_path: Path) -> list[Chunk]:
    (tmp_path / "pages").mkdir()
    for n in range(4):
        page = report_files.html(report_files.report("v2021", n))
        (tmp_path / "pages" / f"{n}.html").write_bytes(page)
    with RawStore(tmp_path / "raw") as store:
        take_in(store, [tmp_path / "pages"])
        shas = [str(receipt.sha256) for receipt in store.documents_to_read()]
        units = [
            Wanted(sha, Job(Source(sha, "a.html", None, "text/html", str(store.path(sha))))) for sha in shas
        ]
    (tmp_path / "kept").mkdir()
    return [Chunk(str(tmp_path / "kept"), tuple(own)) for own in (units[:3], units[3:])]


def _came(
    chunks: list[Chunk], terms: Terms, files: dict[str, bytes] | None = None, read: Read = read_chunk
) -> list[Came]:
    batches = (
        pa.RecordBatch.from_pydict({"key": [str(n)], "chunk": [packed(Sent(chunk, files or {}))]})
        for n, chunk in enumerate(chunks)
    )
    rows = [row for batch in run_task(batches, read=read, terms=terms) for row in batch.to_pylist()]
    assert [row["key"] for row in rows] == [str(n) for n in range(len(chunks))]
    return [unpacked(row["came"]) for row in rows]


def test_a_task_gives_what_a_local_worker_writes(chunks: list[Chunk], tmp_path: Path) -> None:
    came = _came(chunks, Terms(code_here()))
    assert [landed(one, tmp_path / "kept") for one in came] == [one.done for one in came]
    there = {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()}
    (tmp_path / "here").mkdir()
    assert [one.done for one in came] == [
        read_chunk(chunk._replace(folder=str(tmp_path / "here"))) for chunk in chunks
    ]
    assert there == {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()}
    assert len(there) > 10


def test_what_came_otherwise_than_it_was_written_does_not_count(chunks: list[Chunk], tmp_path: Path) -> None:
    done, files = _came(chunks[1:], Terms(code_here()))[0]
    name = min(files)
    with pytest.raises(ClusterFailed, match=name):
        landed(Came(done, {**files, name: files[name][:-1]}), tmp_path / "kept")
    assert not (tmp_path / "kept" / name).exists()


def test_objects_come_from_where_the_executors_find_the_store(chunks: list[Chunk], tmp_path: Path) -> None:
    expected = _came(chunks, Terms(code_here()))
    (tmp_path / "raw").rename(tmp_path / "elsewhere")
    terms = Terms(code_here(), str(tmp_path / "raw"), (tmp_path / "elsewhere").as_uri())
    assert _came(chunks, terms) == expected
    Path(chunks[1].units[0].job.article.path.replace("/raw/", "/elsewhere/")).unlink()
    first, gone = _came(chunks, terms)
    assert first == expected[0]
    assert isinstance(gone.done, Done)
    assert gone.done.given == (Given(((chunks[1].units[0].unit, DAMAGED),)),)


def test_packed_objects_come_from_there_too(chunks: list[Chunk], tmp_path: Path) -> None:
    expected = _came(chunks, Terms(code_here()))
    with RawStore(tmp_path / "raw") as store:
        assert pack(store, loose=0) == 4
        moved = [
            chunk._replace(units=tuple(_at(wanted, *store.place(wanted.unit)) for wanted in chunk.units))
            for chunk in chunks
        ]
    (tmp_path / "raw").rename(tmp_path / "elsewhere")
    assert (
        _came(moved, Terms(code_here(), str(tmp_path / "raw"), (tmp_path / "elsewhere").as_uri())) == expected
    )


def _at(wanted: Wanted, path: Path, offset: int, length: int) -> Wanted:
    assert length
    source = wanted.job.article._replace(path=str(path), offset=offset, length=length)
    return wanted._replace(job=wanted.job._replace(article=source))


def test_what_libreoffice_made_and_own_places_come_with_the_chunk(tmp_path: Path) -> None:
    made = Prepared("/on/the/driver/a.docx", "ok")
    job = Job(Source("k", "a.doc", None, prepared=made), divisions="/on/the/driver/divisions.csv")
    terms = Terms(code_here(), divisions=b"code,name\n")
    (came,) = _came([Chunk("", (Wanted("k", job),))], terms, {made.path: b"docx"}, _what_is_there)
    assert isinstance(came.done, Done)
    assert came.done.given == (Given((("docx", "code,name\n"),)),)


def _what_is_there(chunk: Chunk) -> Done:
    job = chunk.units[0].job
    assert job.article.prepared
    return Done((Given(((Path(job.article.prepared.path).read_text(), Path(job.divisions).read_text()),)),))


def test_a_child_that_dies_costs_its_chunk(chunks: list[Chunk]) -> None:
    came = _came(chunks, Terms(code_here()), read=_dies_of_many)
    assert [type(one.done) for one in came] == [Failure, Done]
    assert came[0].done == Failure("crashed", "The worker ended with exit code 3.")


def _dies_of_many(chunk: Chunk) -> Done:
    if len(chunk.units) > 1:
        raise SystemExit(3)
    return read_chunk(chunk)


def test_a_node_with_other_code_reads_nothing(chunks: list[Chunk]) -> None:
    with pytest.raises(OtherCode, match="the same lock"):
        _came(chunks, Terms("0123456789abcdef"))


def test_what_is_missing_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def said(*arguments: str) -> str:
        ran = CliRunner().invoke(main, ["run", *arguments])
        assert ran.exit_code == 2
        assert not ran.stdout
        assert len(ran.stderr.strip().splitlines()) == 1
        return ran.stderr

    assert "--engine spark" in said("--master", "local[2]")
    assert "--engine spark" in said("--build", "spark")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "make spark" in said("--engine", "spark")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name == "pyspark" or None)
    assert "dbt-spark" in said("--engine", "spark", "--build", "spark")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    monkeypatch.setenv("JAVA_HOME", str(_java(tmp_path)))
    assert "is no master" in said("--engine", "spark", "--master", "127.0.0.1:7077")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert "Java 17" in said("--engine", "spark")


def _java(place: Path) -> Path:
    (place / "bin").mkdir()
    (place / "bin" / "java").touch()
    return place


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "An exception was thrown from the Python worker:\nTraceback (most recent call last):\n  File 'x', line 1\n"
            "    raise OtherCode(\npipeline.cluster.executor.OtherCode: a node reads otherwise\n",
            "pipeline.cluster.executor.OtherCode: a node reads otherwise",
        ),
        (
            "An error occurred while calling o53.collect.\n: org.apache.spark.SparkException: Job aborted\n\tat org.x(Y:1)\n",
            "org.apache.spark.SparkException: Job aborted",
        ),
        (
            "[JAVA_GATEWAY_EXITED] Java gateway process exited.",
            "[JAVA_GATEWAY_EXITED] Java gateway process exited.",
        ),
    ],
    ids=["python", "java", "other"],
)
def test_of_what_spark_says_one_line_is_told(text: str, line: str) -> None:
    assert cause_in(text) == line

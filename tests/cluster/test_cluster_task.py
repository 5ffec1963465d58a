"""What a task of the cluster does, without a cluster; and what is said where there is none."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from pipeline.clean.opened import Prepared
from pipeline.cluster.executor import OtherCode, Sent, Terms, code_here, packed, run_task, unpacked
from pipeline.crawl import RawStore
from pipeline.reading.work import DAMAGED, Job, Source, read_rows
from pipeline.terminal.main import main
from tests.drawn.files import report_files


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[list[Job]]:
    with RawStore(tmp_path / "raw") as store:
        shas = [store.put(report_files.html(report_files.report("v2021", n))) for n in (3, 4, 5)]
        yield [Job(Source(sha, "a.html", None, "text/html", str(store.path(sha)))) for sha in shas]


def _batches(sent: list[Sent]) -> Iterator[pa.RecordBatch]:
    for n in range(0, len(sent), 2):
        part = sent[n : n + 2]
        yield pa.RecordBatch.from_pydict(
            {"key": [s.job.article.key for s in part], "job": [packed(s) for s in part]}
        )


def _done(jobs: list[Job], terms: Terms, files: dict[str, bytes] | None = None) -> dict[str, object]:
    batches = run_task(_batches([Sent(job, files or {}) for job in jobs]), fn=read_rows, terms=terms)
    return {row["key"]: unpacked(row["result"]) for batch in batches for row in batch.to_pylist()}


def test_a_task_gives_the_rows_of_a_local_worker(jobs: list[Job]) -> None:
    assert _done(jobs, Terms(code_here())) == {job.article.key: read_rows(job) for job in jobs}


def test_objects_come_from_where_the_executors_find_the_store(jobs: list[Job], tmp_path: Path) -> None:
    expected = {job.article.key: read_rows(job) for job in jobs}
    (tmp_path / "raw").rename(tmp_path / "elsewhere")
    terms = Terms(code_here(), str(tmp_path / "raw"), (tmp_path / "elsewhere").as_uri())
    assert _done(jobs, terms) == expected
    Path(jobs[0].article.path.replace("/raw/", "/elsewhere/")).unlink()
    rows = _done(jobs, terms)
    gone = jobs[0].article.key
    assert rows == {**expected, gone: read_rows(jobs[0])}
    assert DAMAGED in rows[gone]["document"][0]


def test_what_libreoffice_made_and_own_places_come_with_the_job(jobs: list[Job], tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    made = Prepared("/on/the/driver/a.docx", "ok")
    job = Job(Source("k", str(seen), None, prepared=made), divisions="/on/the/driver/divisions.csv")
    batches = _batches([Sent(job, {made.path: b"docx"})])
    (batch,) = run_task(batches, fn=_what_is_there, terms=Terms(code_here(), divisions=b"code,name\n"))
    assert unpacked(batch["result"][0].as_py()) == (b"docx", b"code,name\n")


def _what_is_there(job: Job) -> tuple[bytes, bytes]:
    assert job.article.prepared
    return Path(job.article.prepared.path).read_bytes(), Path(job.divisions).read_bytes()


def test_a_node_with_other_code_reads_nothing(jobs: list[Job]) -> None:
    with pytest.raises(OtherCode, match="the same lock"):
        _done(jobs, Terms("0123456789abcdef"))


def test_what_is_missing_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def said(*arguments: str) -> str:
        ran = CliRunner().invoke(main, ["run", *arguments])
        assert ran.exit_code == 2
        assert not ran.stdout
        assert len(ran.stderr.strip().splitlines()) == 1
        return ran.stderr

    assert "--engine spark" in said("--master", "local[2]")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "make spark" in said("--engine", "spark")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert "Java 17" in said("--engine", "spark")

"""The crawl as Dagster runs it: a partition a source, over HTTP on loopback; and the same from the command
line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.run_coordinator.base import SubmitRunContext

from pipeline.assets import (
    CRAWLED,
    SOURCES,
    BuildingHome,
    HomeResource,
    crawl,
    crawl_source,
    sources_are_complete,
)
from pipeline.crawl.portal import serve_site
from pipeline.crawl.registry import COLUMNS
from pipeline.definitions import HOST_TAG, crawled, dagster_home, defs, keep_partitions, weekly_in_season
from pipeline.home import Home
from pipeline.stages import Busy, run_lock
from tests.drawn.files.pdf_files import document, text
from tests.spine.conftest import yangguang
from tools.demo import iter_pages

Site = dict[str, tuple[str, bytes]]


def portal() -> Site:
    """Two columns of reports, the first with an attachment beside the page, and nothing at /gone/."""
    site: Site = {}
    for column, count in (("one", 3), ("two", 2)):
        rows: list[str] = []
        for number, (_, data, truth) in enumerate(iter_pages(bodies=1, seed=len(column) + count)):
            if truth.shape == "html" and len(rows) < count:
                site[f"/{column}/t{number}.html"] = ("text/html", data)
                rows.append(
                    f'<li><a href="t{number}.html">{truth.title}</a><span>{truth.published_on}</span></li>'
                )
        page = f"<html><head><title>年报</title></head><body><ul>{''.join(rows)}</ul></body></html>"
        site[f"/{column}/"] = ("text/html; charset=utf-8", page.encode())
    page_with, (media, data) = next((p, b) for p, b in site.items() if p.startswith("/one/t"))
    site[page_with] = (
        media,
        data.replace(b"</body>", '<p>附件：<a href="附表.pdf">附件</a></p></body>'.encode()),
    )
    site["/one/附表.pdf"] = ("application/pdf", document([text("附表"), text("本表由经办科室填写。")]))
    return site


@pytest.fixture
def site() -> Site:
    return portal()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with serve_site(site) as place:
        yield f"http://{place.address}:{place.port}"


def write_registry(path: Path, rows: dict[str, tuple[str, str]]) -> Path:
    """Source id -> address and note."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for source_id, (url, note) in rows.items():
        writer.writerow((source_id, "", "某市人民政府", "prefecture", url, "list", note))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("YANGGUANG_HOME", str(tmp_path))
    write_registry(
        tmp_path / "sources.csv",
        {
            "gone": (f"{address}/gone/", ""),
            "one": (f"{address}/one/", ""),
            "two": (f"{address}/two/", ""),
            "old": (f"{address}/old/", "retired: 2026-01-01 merged"),
        },
    )
    return Home(tmp_path).make()


@pytest.fixture
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("dagster"))) as made:
        yield made


def crawl_partition(home: Home, instance: dg.DagsterInstance, key: str) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        CRAWLED,
        instance=instance,
        partition_key=key,
        raise_on_error=False,
        resources={"crawling": HomeResource(root=str(home.root))},
        run_config={"ops": {"crawl_source": {"config": {"delay": 0.0, "allow_private": True}}}},
    )


def test_a_source_that_fails_stops_no_other(home: Home, instance: dg.DagsterInstance) -> None:
    assert keep_partitions(instance) == "3 sources: 3 new, 0 gone"
    results = {key: crawl_partition(home, instance, key) for key in instance.get_dynamic_partitions("source")}
    assert {key: result.success for key, result in results.items()} == {
        "gone": False,
        "one": True,
        "two": True,
    }
    assert instance.get_materialized_partitions(dg.AssetKey("crawl_source")) == {"one", "two"}
    (event,) = results["one"].asset_materializations_for_node("crawl_source")
    assert event.metadata["pages_ok"].value == 5
    assert event.metadata["pages_left"].value == 0
    again = crawl_partition(home, instance, "one")
    (event,) = again.asset_materializations_for_node("crawl_source")
    assert event.metadata["pages_unchanged"].value == 5
    assert "pages_ok" not in event.metadata

    done = dg.materialize(
        [crawl, sources_are_complete],
        instance=instance,
        resources={"home": BuildingHome(root=str(home.root))},
    )
    failing = {e.check_name: e for e in done.get_asset_check_evaluations() if not e.passed}
    assert "source_failed" in failing
    assert "404" in str(failing["source_failed"].metadata["gone"].value)
    assert failing["source_failed"].severity == dg.AssetCheckSeverity.ERROR
    assert set(failing["source_failed"].metadata) == {"sources", "gone"}


def test_partitions_follow_the_registry(home: Home, address: str, instance: dg.DagsterInstance) -> None:
    keep_partitions(instance)
    write_registry(
        home.root / "sources.csv", {"two": (f"{address}/two/", ""), "three": (f"{address}/three/", "")}
    )
    assert keep_partitions(instance) == "2 sources: 1 new, 2 gone"
    assert set(instance.get_dynamic_partitions(str(SOURCES.name))) == {"two", "three"}


def test_a_schedule_asks_for_a_run_a_source(home: Home, instance: dg.DagsterInstance) -> None:
    context = dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=datetime(2026, 3, 2, tzinfo=UTC),
        repository_def=defs.get_repository_def(),
    )
    asked = weekly_in_season.evaluate_tick(context).run_requests
    assert asked is not None
    assert {request.partition_key for request in asked} == {"gone", "one", "two"}
    assert len({request.run_key for request in asked}) == 3


def test_a_run_of_a_source_has_its_hosts_tag_whoever_asks_for_it(home: Home) -> None:
    """A backfill from an asset's page names a partition alone; three runs of one host ran at once."""
    location = RegisteredCodeLocationOrigin("yangguang")
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), "__ASSET_JOB")
    queued = {}
    with dg.DagsterInstance.from_config(dagster_home(home)) as instance:
        for partition in ("one", "old", "gone-from-the-registry", ""):
            tags = {"dagster/partition": partition, "dagster/backfill": "b"} if partition else {}
            run = instance.add_run(dg.DagsterRun(job_name="__ASSET_JOB", tags=tags, remote_job_origin=origin))
            queued[partition] = instance.run_coordinator.submit_run(SubmitRunContext(run, None))
    assert {run.status for run in queued.values()} == {dg.DagsterRunStatus.QUEUED}
    assert {partition: run.tags.get(HOST_TAG) for partition, run in queued.items()} == {
        "one": "127.0.0.1",
        "old": "127.0.0.1",
        "gone-from-the-registry": None,
        "": None,
    }
    assert queued["one"].tags["dagster/backfill"] == "b"


def test_what_was_crawled_asks_for_one_run_once_it_is_quiet(home: Home, instance: dg.DagsterInstance) -> None:
    keep_partitions(instance)
    with dg.build_sensor_context(instance=instance) as context:
        assert isinstance(crawled(context), dg.SkipReason)
        crawl_partition(home, instance, "one")
        assert isinstance(crawled(context), dg.SkipReason)  # it may still be going on
        asked = crawled(context)
        assert isinstance(asked, dg.RunRequest)
        backfill = dg.DagsterRun(
            job_name="__ASSET_JOB", status=dg.DagsterRunStatus.STARTED, tags={HOST_TAG: "127.0.0.1"}
        )
        instance.add_run(backfill)
        waits = crawled(context)
        assert isinstance(waits, dg.SkipReason)
        assert "1 runs" in str(waits.skip_message)
        instance.delete_run(backfill.run_id)
        instance.add_run(
            dg.DagsterRun(job_name="everything", status=dg.DagsterRunStatus.SUCCESS, tags=dict(asked.tags))
        )
        assert isinstance(crawled(context), dg.SkipReason)
        crawl_partition(home, instance, "one")
        assert isinstance(crawled(context), dg.SkipReason)
        assert isinstance(crawled(context), dg.RunRequest)  # unchanged, but looked at


def test_two_runs_do_not_build_one_home(home: Home, instance: dg.DagsterInstance) -> None:
    def take(wait: float) -> dg.ExecuteInProcessResult:
        return dg.materialize(
            [crawl],
            instance=instance,
            raise_on_error=False,
            resources={"home": BuildingHome(root=str(home.root), wait_seconds=wait)},
        )

    with run_lock(home):
        assert not take(0.0).success
    assert take(0.0).success
    with run_lock(home), pytest.raises(Busy), run_lock(home):
        pass


def test_crawl_then_run_and_both_again(tmp_path: Path, site: Site, address: str) -> None:
    listed = write_registry(
        tmp_path / "listed.csv", {"one": (f"{address}/one/", ""), "two": (f"{address}/two/", "")}
    )
    home = tmp_path / "home"
    for word, count in (("ok", 8), ("unchanged", 8)):
        done = yangguang(home, "crawl", "--registry", str(listed), "--delay", "0", "--allow-private")
        assert f"pages: {count} {word}" in done.stderr
        done = yangguang(home, "run")
        assert ("nothing new" in done.stderr) == (word == "unchanged")
    query = "select source_url, reports from core.document order by 1"
    rows = list(csv.reader(io.StringIO(yangguang(home, "sql", query, "--format", "csv").stdout)))[1:]
    assert {url for url, _ in rows} >= {f"{address}{path}" for path in site if path.endswith(".html")}
    assert not [url for url, _ in rows if url.endswith("/")]
    assert sum(int(n) for _, n in rows) == 5
    done = yangguang(home, "run", f"{address}/two/", "--delay", "0", "--allow-private")
    assert "0 new, 3 known" in done.stderr
    assert crawl_source.partitions_def == SOURCES

"""Options of the whole test suite."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.home import Home

TESTS = Path(__file__).parent
SLOW_ROOMS = (
    "site/test_site_browser",
    "site/test_site_demo",
    "spine",
    "sql",
    "crawl/site",
    "clean/test_clean_formats_guard",
    "contract/test_contract_dagster",
    "extract/test_extract_drawn",
    "load/test_load_current",
    "load/test_load_dagster",
    "load/test_load_publish",
    "load/test_load_release",
    "load/test_load_snapshot",
    "load/test_load_verify",
    "reading/test_formats_archives",
    "reading/test_reading_registered",
    "reconcile/test_reconcile_properties",
    "reliability",
    "terminal/test_terminal_decide",
)
"""Rooms and files whose tests start programs of their own or draw many cases: none of them is quick, and
``make quick`` does not even load them."""
SHARED = {
    "cluster/test_cluster_spark": "demo",
    "site/": "demo",
    "cluster/test_cluster_core": "demo",
    "spine/test_spine_demo": "demo",
    "load/": "load",
    "reliability/": "load",
    "spine/test_spine_neighbours": "runs",
    "spine/test_spine_runs": "runs",
    "clean/test_clean_formats_picture": "pictures",
    "clean/test_clean_formats_scans": "scans",
}
"""Rooms and files that use one home, or one loaded model: they stay on one worker, which makes it once."""

if str(TESTS.parent) not in sys.path:
    sys.path.insert(0, str(TESTS.parent))  # tests.drawn, however pytest is started

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # started in the background of a shell, which then ignores Ctrl-C: the processes under test must not
    # inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which ``yangguang demo`` has run once: slow to make, read by many tests, all of which stand in
    ``SHARED`` and change nothing in it."""
    from tests.spine.conftest import yangguang

    root = tmp_path_factory.mktemp("home")
    yangguang(root, "demo")
    return Home(root / "demo")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="rewrite the golden files from what is read now; read the diff"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What a run without slow tests leaves out unread: importing Dagster and dbt takes each worker
    seconds."""
    place = collection_path.relative_to(TESTS).as_posix()
    return True if config.option.markexpr == "not slow" and place.startswith(SLOW_ROOMS) else None


def group_of(nodeid: str) -> str:
    """Which tests stay on one worker with this one: those that share a home, and those of a slow file; a quick
    test goes alone."""
    file = nodeid.partition("::")[0].removeprefix("tests/")
    shared = next((group for start, group in SHARED.items() if file.startswith(start)), "")
    return shared or (file if file.startswith(SLOW_ROOMS) else nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Groups for ``--dist loadgroup`` (xdist 3.8 writes its own into a part of the id that pytest 9.2 no longer
    reads, so that every worker made every home)."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return ByGroup(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow rooms are marked, and what is slow begins first, so that all workers end together."""
    for item in items:
        if item.path.relative_to(TESTS).as_posix().startswith(SLOW_ROOMS):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)

"""Options of the whole test suite."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

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

if str(TESTS.parent) not in sys.path:
    sys.path.insert(0, str(TESTS.parent))  # tests.drawn, however pytest is started

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # started in the background of a shell, which then ignores Ctrl-C: the processes under test must not
    # inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which ``yangguang demo`` has run once: slow to make, read by many tests, all of which say
    ``xdist_group("demo")`` and change nothing in it."""
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow rooms are marked, a file of theirs stays on one worker (what it builds is built once), and what is
    slow begins first, so that all workers end together."""
    for item in items:
        place = item.path.relative_to(TESTS).as_posix()
        if place.startswith(SLOW_ROOMS):
            item.add_marker(pytest.mark.slow)
            if not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group(place))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)

"""The two jobs: what was crawled or dropped to the snapshot, and one source of the registry into the raw
store."""

from __future__ import annotations

import dagster as dg

from pipeline.assets import CRAWLED, SOURCES
from pipeline.home import default_home
from pipeline.stages import sources_of

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(*CRAWLED),
    description="From what the raw store and the inbox hold to the snapshot",
)
crawl_sources = dg.define_asset_job(
    "crawl_sources",
    selection=dg.AssetSelection.assets(*CRAWLED),
    description="One source of the registry, over HTTP into the raw store",
)


def keep_partitions(instance: dg.DagsterInstance) -> str:
    """Make the partitions those sources of the registry that are not retired; says what changed."""
    wanted = [source.source_id for source in sources_of(default_home())]
    there = instance.get_dynamic_partitions(str(SOURCES.name))
    added = [key for key in wanted if key not in set(there)]
    gone = [key for key in there if key not in set(wanted)]
    if added:
        instance.add_dynamic_partitions(str(SOURCES.name), added)
    for key in gone:
        instance.delete_dynamic_partition(str(SOURCES.name), key)
    return f"{len(wanted)} sources: {len(added)} new, {len(gone)} gone"

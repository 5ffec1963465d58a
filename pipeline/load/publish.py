"""The finished build in the place of the published warehouse: behind the gate, whole or not at all.

The published file is read-only on disk. Beside it ``published.json`` says what it was built from and the
sha256 of its bytes, so that damage shows without opening it.
"""

from __future__ import annotations

import json
import logging
import os
import stat

from pipeline.codebook import load_codebook
from pipeline.durable import sync, write_whole
from pipeline.home import Home
from pipeline.load.gate import NotWhole, faults
from pipeline.load.published import digest_of
from pipeline.load.warehouse import comment_tables, opened, set_wal_aside

READ_ONLY = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
_SHOWN = 20
log = logging.getLogger(__name__)


def publish(home: Home) -> None:
    """Comment the finished build and put it in the place of the published warehouse; open readers keep the
    old file. Raises NotWhole, leaving the published file as it is, where the gate finds a fault."""
    if not home.building.is_file():
        raise NotWhole("nothing is being built: materialize `load` and what depends on it, or everything")
    with opened(home.building) as con:
        wrong = list(faults(con))
        if wrong:
            more = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
            raise NotWhole("the build is not whole: " + "; ".join([*wrong[:_SHOWN], *more]))
        # copies of what core and mart hold, for the models alone
        con.execute("DROP SCHEMA IF EXISTS staging CASCADE; DROP SCHEMA IF EXISTS intermediate CASCADE")
        comment_tables(con, load_codebook())
        facts = dict(con.execute("SELECT key, value FROM meta.build").fetchall())
        con.execute("CHECKPOINT")
    home.building.with_suffix(".duckdb.wal").unlink(missing_ok=True)
    home.building.chmod(READ_ONLY)
    sync(home.building)
    receipt = {"facts": facts, "bytes": home.building.stat().st_size, "sha256": digest_of(home.building)}
    set_wal_aside(home.database)
    os.replace(home.building, home.database)
    set_wal_aside(home.database)
    write_whole(home.receipt, json.dumps(receipt, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    log.info("published %s, build %s", home.database, facts.get("build"))

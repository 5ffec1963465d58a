"""Administrative divisions through time, and who a report speaks for."""

from pipeline.places.body import Body
from pipeline.places.claims import Evidence
from pipeline.places.departments import normalise_department
from pipeline.places.identify import identify, names_a_body
from pipeline.places.lineage import Lineage, Members, follow, members
from pipeline.places.registry import (
    Division,
    DivisionEvent,
    DivisionRow,
    Registry,
    division_rows,
    event_rows,
    load_registry,
)
from pipeline.places.scope import Scope, detect_scope

__all__ = [
    "Body",
    "Division",
    "DivisionEvent",
    "DivisionRow",
    "Evidence",
    "Lineage",
    "Members",
    "Registry",
    "Scope",
    "detect_scope",
    "division_rows",
    "event_rows",
    "follow",
    "identify",
    "load_registry",
    "members",
    "names_a_body",
    "normalise_department",
]

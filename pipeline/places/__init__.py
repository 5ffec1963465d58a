"""Administrative divisions through time, and who a report speaks for."""

from pipeline.places.identify import Body, Evidence, identify
from pipeline.places.registry import (
    Division,
    DivisionEvent,
    DivisionRow,
    Registry,
    division_rows,
    event_rows,
    load_registry,
)

__all__ = [
    "Body",
    "Division",
    "DivisionEvent",
    "DivisionRow",
    "Evidence",
    "Registry",
    "division_rows",
    "event_rows",
    "identify",
    "load_registry",
]

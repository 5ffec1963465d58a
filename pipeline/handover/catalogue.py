"""What catalogues take: the release as a schema.org data set, and as a DCAT data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.codebook import Codebook
from pipeline.handover.package import DESCRIPTION_EN, DESCRIPTION_ZH, Place, files_of, temporal
from pipeline.handover.release import AUTHORS, KEYWORDS, LICENCE_URL, TITLE_EN, TITLE_ZH, Release, citation


def schema_org(
    codebook: Codebook, release: Release, places: Sequence[Place], resources: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The release as JSON-LD of schema.org's ``Dataset``."""
    span = temporal(release)
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": TITLE_ZH,
        "alternateName": TITLE_EN,
        "description": " ".join(p for p in (release.notice, DESCRIPTION_ZH, DESCRIPTION_EN) if p),
        "inLanguage": ["zh", "en"],
        "keywords": list(KEYWORDS),
        "version": release.version,
        "license": LICENCE_URL,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": AUTHORS},
        "creditText": citation(release),
        "isBasedOn": [a.name for a in codebook.attributions],
        "spatialCoverage": [
            {"@type": "Place", "name": place.name, "identifier": place.code} for place in places
        ],
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "name": m.measure_id,
                "description": f"{m.label_zh} / {m.label_en}",
                "unitText": m.unit,
            }
            for m in codebook.newest_measure.values()
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": part["path"],
                "contentUrl": part["path"],
                "encodingFormat": part["mediatype"],
                "contentSize": f"{part['bytes']} B",
                "sha256": part["hash"].removeprefix("sha256:"),
            }
            for part in files_of(resources)
        ],
    }
    if span:
        found["temporalCoverage"] = f"{span['start']}/{span['end']}"
    if release.day:
        found["datePublished"] = release.day.isoformat()
    return found


def dcat(
    codebook: Codebook, release: Release, places: Sequence[Place], resources: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The release as JSON-LD of DCAT's ``dcat:Dataset`` (version 3)."""
    span = temporal(release)
    found: dict[str, Any] = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@type": "dcat:Dataset",
        "dct:identifier": release.version,
        "dct:title": [{"@language": "zh", "@value": TITLE_ZH}, {"@language": "en", "@value": TITLE_EN}],
        "dct:description": [
            {"@language": "zh", "@value": f"{release.notice}{DESCRIPTION_ZH}"},
            {"@language": "en", "@value": " ".join(p for p in (release.notice, DESCRIPTION_EN) if p)},
        ],
        "dct:creator": {"@type": "foaf:Organization", "foaf:name": AUTHORS},
        "dct:license": {"@id": LICENCE_URL},
        "dct:language": ["zh", "en"],
        "dct:accrualPeriodicity": {
            "@id": "http://publications.europa.eu/resource/authority/frequency/ANNUAL"
        },
        "dct:bibliographicCitation": citation(release),
        "dct:source": [a.name for a in codebook.attributions],
        "dct:spatial": [
            {"@type": "dct:Location", "dct:identifier": place.code, "skos:prefLabel": place.name}
            for place in places
        ],
        "dcat:version": release.version,
        "dcat:keyword": list(KEYWORDS),
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": part["path"],
                "dcat:downloadURL": {"@id": part["path"]},
                "dcat:mediaType": {
                    "@id": f"https://www.iana.org/assignments/media-types/{part['mediatype']}"
                },
                "dcat:byteSize": part["bytes"],
                "dct:license": {"@id": LICENCE_URL},
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": part["hash"].removeprefix("sha256:"),
                },
            }
            for part in files_of(resources)
        ],
    }
    if span:
        found["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:date", "@value": span["start"]},
            "dcat:endDate": {"@type": "xsd:date", "@value": span["end"]},
        }
    if release.day:
        found["dct:issued"] = {"@type": "xsd:date", "@value": release.day.isoformat()}
    return found

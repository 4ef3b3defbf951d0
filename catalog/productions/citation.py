"""How a production is cited, and described to dataset search engines. Pure."""

from __future__ import annotations

from typing import Any

from catalog.models import Definition, Production
from web.locale import gettext, record_text


def bibtex(production: Production, address: str) -> str:
    """A citation in BibTeX; the version and its date make it exact."""
    fields = {
        "title": record_text(production, "title")[0],
        "author": "{" + record_text(production.institution, "name")[0] + "}",
        "publisher": "Acervo",
        "year": str(production.changed_at.year),
        "version": str(production.version),
        "date": production.changed_at.date().isoformat(),
        "url": address,
    }
    if not production.checked:
        fields["note"] = gettext("unconfirmed: not seen in a source yet")
    lines = ",\n".join(f"  {name} = {{{_escaped(value)}}}" for name, value in fields.items())
    return f"@misc{{{production.id},\n{lines}\n}}\n"


def _escaped(text: str) -> str:
    for sign in "\\&%$#_":
        text = text.replace(sign, f"\\{sign}")
    return text


def dataset_description(production: Production, definition: Definition | None, address: str) -> dict[str, Any]:
    """A ``schema.org/Dataset`` of what this registry knows of a production; what is unknown is left out."""
    institution = production.institution
    text = record_text(definition, "text")[0] if definition else ""
    indicator = record_text(production.indicator, "name")[0]
    described: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "identifier": production.id,
        "name": record_text(production, "title")[0],
        "description": text or f"{indicator}. {record_text(institution, 'name')[0]}.",
        "version": str(production.version),
        "dateModified": production.changed_at.date().isoformat(),
        "creator": {
            "@type": "Organization",
            "name": record_text(institution, "name")[0],
            **({"url": institution.website} if institution.website else {}),
            **({"alternateName": institution.acronym} if institution.acronym else {}),
        },
        "variableMeasured": indicator,
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "Acervo"},
        "sdLicense": "https://creativecommons.org/licenses/by/4.0/",
    }
    if production.country:
        described["spatialCoverage"] = record_text(production.country, "name")[0]
    if production.first_year or production.last_year:
        first, last = production.first_year or production.last_year, production.last_year or production.first_year
        described["temporalCoverage"] = f"{first}/{last}"
    if production.licence:
        described["license"] = production.licence
    if production.access_url:
        described["distribution"] = [{"@type": "DataDownload", "contentUrl": production.access_url}]
    return described

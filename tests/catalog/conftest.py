"""What tests of the catalogue share."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog.database import transaction
from search.indexing import sync_now
from tests import factories


@pytest.fixture
def filled(empty_app: Flask) -> FlaskClient:
    """A client of a catalogue of invented records, in the index too."""
    with empty_app.app_context():
        with transaction() as session:
            for country in ("XAA", "XAB"):
                office = factories.institution(session, f"{country.lower()}-office", country_id=country)
                factories.production(session, institution_id=office.id, country_id=country)
            body = factories.institution(session, "int-body", country_id=None, type="international_organisation")
            factories.production(session, institution_id=body.id, country_id=None, periodicity=None)
        sync_now()
    return empty_app.test_client()

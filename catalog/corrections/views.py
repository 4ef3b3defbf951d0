"""'Corregir este dato': a short form that anybody can send."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from catalog.corrections import services
from catalog.corrections.forms import CorrectionForm, local_address
from catalog.database import reading, transaction
from web.limits import PUBLIC_FORMS, limiter

bp = Blueprint("corrections", __name__)


@bp.route("/corrections/new", methods=["GET", "POST"])
@limiter.limit(PUBLIC_FORMS, methods=["POST"])
def new() -> ResponseReturnValue:
    """Ask, and keep what is sent for the record's steward."""
    form = CorrectionForm()
    if request.method == "GET":
        form.about.data = local_address(request.args.get("about", ""))
    if form.validate_on_submit():
        with transaction() as session:
            services.receive(session, form.message())
        return redirect(url_for(".thanks", about=local_address(form.about.data or "")), code=303)
    if request.method == "POST" and form.is_trapped:
        return redirect(url_for(".thanks"), code=303)
    with reading() as session:
        record = services.record_of(session, form.about.data or "")
    return render_template("catalog/corrections/new.html", form=form, record=record), 422 if form.errors else 200


@bp.get("/corrections/thanks")
def thanks() -> ResponseReturnValue:
    return render_template("catalog/corrections/thanks.html", about=local_address(request.args.get("about", "")))

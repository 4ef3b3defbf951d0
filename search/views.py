"""The page of results, and the results as files."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from search import downloads
from search.arguments import request_of
from search.serving import labelled_facets, note_silence, run_search
from web import cursors
from web.limits import EXPORTS, SEARCH, limiter
from web.locale import current_language

bp = Blueprint("search", __name__)
PAGE = 20


@bp.get("/search")
@limiter.limit(SEARCH)
def page() -> ResponseReturnValue:
    """What was found, with its facets and, where there is one, the direct answer."""
    lang = current_language()
    asked = request_of(request.args, lang, limit=PAGE)
    result = run_search(asked)
    note_silence(asked, result)
    return render_template(
        "search/page.html",
        asked=asked,
        result=result,
        facets=labelled_facets(result, lang),
        next_cursor=cursors.encode(list(result.page.next)) if result.page.next else None,
        files=[(name, _file_address(form)) for name, form in FILES],
    )


def _file_address(form: str) -> str:
    """The same search as a file."""
    values = [(name, value) for name, value in request.args.items(multi=True) if name not in ("cursor", "limit")]
    return f"{url_for('.download', form=form)}?{urlencode(values)}"


FILES = (("CSV", "csv"), ("XLSX", "xlsx"), ("JSON Lines", "jsonl"))


@bp.get("/search.<any(csv,xlsx,jsonl):form>")
@limiter.limit(EXPORTS)
def download(form: str) -> ResponseReturnValue:
    """All that was found, as a file; streamed, so that its length does not matter."""
    lang = current_language()
    total, hits = downloads.all_hits(request_of(request.args, lang))
    name = f"acervo-{lang}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **downloads.HEADERS}
    if form == "xlsx":
        return Response(
            downloads.as_workbook(total, hits),
            mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            headers=headers,
        )
    lines = downloads.as_csv(hits) if form == "csv" else downloads.as_json_lines(hits)
    mimetype = "text/csv" if form == "csv" else "application/x-ndjson"
    return Response(stream_with_context(lines), mimetype=mimetype, headers=headers)

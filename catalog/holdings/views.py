"""The home page, and the matrix as a file."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from catalog.database import reading
from catalog.holdings import registry, services
from catalog.holdings.matrix import institutions_by_country
from catalog.holdings.table_file import table_as_csv
from catalog.models import Topic
from web import cursors
from web.limits import EXPORTS, limiter
from web.locale import current_language, language

bp = Blueprint("holdings", __name__)
ALL_TOPICS = "all"


@bp.get("/")
def home() -> ResponseReturnValue:
    """Who holds what, in one look."""
    with reading() as session:
        state = registry.state(session)
        if state.is_empty:
            return render_template("catalog/holdings/empty.html")
        topics = services.topics(session)
        topic = _topic_asked(topics)
        matrix = services.matrix(session, topic.id if topic else None, start=_start(), columns=_columns())
        return render_template(
            "catalog/holdings/home.html",
            topics=topics,
            topic=topic,
            matrix=matrix,
            next_cursor=cursors.encode(list(matrix.following)) if matrix.following else None,
            tiles=services.tiles(),
            by_country=institutions_by_country(matrix.cells),
            state=state,
            changes=registry.latest_changes(session),
        )


def _topic_asked(topics: list[tuple[Topic, int]]) -> Topic | None:
    """The topic of the address, else the region's first one; None shows all."""
    by_code = {topic.id: topic for topic, _ in topics}
    asked = request.args.get("topic", "")
    if asked == ALL_TOPICS:
        return None
    return by_code.get(asked) or by_code.get(services.first_topic())


def _start() -> tuple[int, str] | None:
    cursor = request.args.get("cursor")
    if not cursor:
        return None
    position, identifier = cursors.decode(cursor, 2)
    if not isinstance(position, int) or not isinstance(identifier, str):
        raise cursors.BadCursor("broken cursor")
    return position, identifier


def _columns() -> int:
    return max(1, min(request.args.get("columns", 1, type=int), 100))


@bp.get("/matrix.csv")
@limiter.limit(EXPORTS)
def matrix_csv() -> ResponseReturnValue:
    """The whole table, or that of one topic, one line a place."""
    topic = request.args.get("topic", ALL_TOPICS)
    if topic != ALL_TOPICS:
        with reading() as session:
            if topic not in {one.id for one, _ in services.topics(session)}:
                raise NotFound
    headers = {
        "Content-Disposition": f'attachment; filename="acervo-matrix-{current_language()}.csv"',
        "Link": '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
    }
    lines = _lines(None if topic == ALL_TOPICS else topic, current_language())
    return Response(stream_with_context(lines), mimetype="text/csv", headers=headers)


def _lines(topic: str | None, lang: str) -> Iterator[str]:
    """The file, written while it is sent."""
    with reading() as session, language(lang):
        yield from table_as_csv(session, topic)

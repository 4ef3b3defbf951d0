"""Searches that found nothing

Revision ID: 20261127_1130
Revises: 20261124_1000
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_1130"
down_revision = "20261124_1000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unanswered_day",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "day", name=op.f("pk_unanswered_day")),
    )
    with op.batch_alter_table("unanswered_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unanswered_day_day"), ["day"], unique=False)
    op.create_table(
        "unanswered_search",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_unanswered_search")),
    )


def downgrade() -> None:
    op.drop_table("unanswered_search")
    with op.batch_alter_table("unanswered_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unanswered_day_day"))
    op.drop_table("unanswered_day")

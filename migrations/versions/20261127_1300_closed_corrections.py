"""Closed messages of readers are emptied

Revision ID: 20261127_1300
Revises: 20261127_1130
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_1300"
down_revision = "20261127_1130"
branch_labels = None
depends_on = None

EMPTIED = "(status = 'open' AND message IS NOT NULL) OR (message IS NULL AND email IS NULL)"


def _table(*, nullable: bool, checked: bool) -> sa.Table:
    """The table as it stands: SQLite tells of no check constraint, and would lose them as it is made anew."""
    checks = {
        "ck_correction_status_code": "status IN ('open', 'closed')",
        "ck_correction_message_length": "length(message) BETWEEN 1 AND 4000",
        **({"ck_correction_closed_is_emptied": EMPTIED} if checked else {}),
    }
    return sa.Table(
        "correction",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("record_id", sa.String(length=120), nullable=True),
        sa.Column("message", sa.String(), nullable=nullable),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        *(sa.CheckConstraint(condition, name=op.f(name)) for name, condition in checks.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.Index(op.f("ix_correction_status_received_at"), "status", "received_at"),
    )


def upgrade() -> None:
    with op.batch_alter_table("correction", copy_from=_table(nullable=False, checked=False)) as batch_op:
        batch_op.alter_column("message", existing_type=sa.String(), nullable=True)
    op.execute("UPDATE correction SET message = NULL, email = NULL WHERE status = 'closed'")
    with op.batch_alter_table("correction", copy_from=_table(nullable=True, checked=False)) as batch_op:
        batch_op.create_check_constraint(op.f("ck_correction_closed_is_emptied"), EMPTIED)


def downgrade() -> None:
    with op.batch_alter_table("correction", copy_from=_table(nullable=True, checked=True)) as batch_op:
        batch_op.drop_constraint(op.f("ck_correction_closed_is_emptied"), type_="check")
    op.execute("UPDATE correction SET message = '-' WHERE message IS NULL")
    with op.batch_alter_table("correction", copy_from=_table(nullable=True, checked=False)) as batch_op:
        batch_op.alter_column("message", existing_type=sa.String(), nullable=False)

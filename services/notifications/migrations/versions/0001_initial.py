"""Everything that the service keeps, as its first release makes it: one script, sent in one go."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables and give the app's role its rights."""
    script = Path(__file__).with_suffix(".sql").read_text()
    connection = op.get_bind().connection.dbapi_connection
    assert connection is not None
    connection.run_async(lambda driver: driver.execute(script))


def downgrade() -> None:
    """What the first release made is never taken away."""
    raise NotImplementedError

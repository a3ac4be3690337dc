"""Looks whether backups are being made: the age of the newest file in the folder they are laid down in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


def newest_backup_age(folder: Path | None, now: datetime) -> timedelta | None:
    """Age of the newest file; None where no folder is configured or it holds none."""
    if folder is None or not folder.is_dir():
        return None
    times = [path.stat().st_mtime for path in folder.iterdir() if path.is_file()]
    return now - datetime.fromtimestamp(max(times), UTC) if times else None

"""The trace journal keeps what it was given, also after a crash."""

from pathlib import Path

from deploy.observability.journal import Journal, Position

HOUR = 3600.0


def frames(journal: Journal, start: Position | None = None) -> list[bytes]:
    return [frame for frame, _ in journal.frames_from(start or Position("", 0))]


def test_frames_come_back_in_order_across_hours(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(b"one", now=10 * HOUR)
    journal.append(b"two", now=10 * HOUR)
    journal.append(b"three", now=11 * HOUR)

    assert frames(Journal(tmp_path)) == [b"one", b"two", b"three"]
    assert len(list(tmp_path.iterdir())) == 2


def test_reading_goes_on_behind_a_position(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(b"one", now=0)
    ((_, behind),) = journal.frames_from(Position("", 0))
    journal.append(b"two", now=0)
    journal.append(b"three", now=HOUR)

    assert frames(journal, behind) == [b"two", b"three"]


def test_a_frame_cut_short_is_removed_and_the_next_one_is_found(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(b"one", now=0)
    journal.append(b"two", now=0)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-1])

    journal = Journal(tmp_path)
    journal.append(b"three", now=0)

    assert frames(journal) == [b"one", b"three"]


def test_replay_begins_on_the_border_of_a_frame_near_the_limit(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for number in range(10):
        journal.append(b"%d" % number * 96, now=(number // 5) * HOUR)

    assert frames(journal, journal.start_of_last(650)) == [b"%d" % number * 96 for number in range(4, 10)]
    assert frames(journal, journal.start_of_last(10_000))[0] == b"0" * 96
    assert frames(journal, journal.start_of_last(99)) == []


def test_old_files_are_pruned_by_age(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(b"one", now=0)
    (file,) = tmp_path.iterdir()

    journal.prune(hours=2, now=file.stat().st_mtime + HOUR)
    assert file.exists()
    journal.prune(hours=2, now=file.stat().st_mtime + 3 * HOUR)
    assert not file.exists()

"""Archives, folders and paths that lead nowhere or elsewhere: refused in words, quickly."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.catalog.exchange.files import (
    CATALOGUE,
    COUNTRY,
    INSTITUTION,
    brought,
    heading_of,
    only,
    refused,
    write_catalogue,
    write_csv,
)
from tests.catalog.exchange.hostile import MEBIBYTE, csv_bytes, within, zipped


def test_a_zip_that_unpacks_to_a_gigabyte_is_refused_unread(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("institutions.csv", "w", force_zip64=True) as out:
            out.write(",".join(heading_of("institutions")).encode() + b"\n")
            for _ in range(1050):
                out.write(b"," * MEBIBYTE)
    with within(seconds=3, mebibytes=20):
        assert only(refused(filled, file)).file.startswith("in.zip")


@pytest.mark.parametrize(
    "name", ["../../institutions.csv", "/etc/institutions.csv", "C:\\institutions.csv", "a/../institutions.csv"]
)
def test_names_in_a_zip_lead_nowhere(name: str, filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), csv_bytes(tmp_path, INSTITUTION))
    before = {one for one in tmp_path.rglob("*") if "filled" not in one.name}
    assert brought(filled, file) == (0, 0, 1)
    assert {one for one in tmp_path.rglob("*") if "filled" not in one.name} == before


def patched_zip(tmp_path: Path, offset: int, value: bytes) -> Path:
    """A zip whose two headers have this in place of what belongs there (offset within the local header)."""
    file = tmp_path / "in.zip"
    data = bytearray(zipped(institutions_csv=csv_bytes(tmp_path, INSTITUTION)))
    central = data.rindex(b"PK\x01\x02")
    data[offset : offset + len(value)] = value
    data[central + offset + 2 : central + offset + 2 + len(value)] = value
    file.write_bytes(data)
    return file


@pytest.mark.parametrize(
    ("offset", "value"),
    [(6, b"\x01\x00"), (8, b"\x63\x00"), (8, b"\x0c\x00"), (8, b"\x0e\x00"), (14, b"\x00\x00\x00\x00")],
    ids=["encrypted", "an unknown method", "bzip2", "lzma", "checksum"],
)
def test_a_zip_that_cannot_be_unpacked_is_refused_in_words(
    offset: int, value: bytes, filled: sa.Engine, tmp_path: Path
):
    assert only(refused(filled, patched_zip(tmp_path, offset, value))).file.startswith("in.zip")


def test_a_zip_whose_content_is_damaged_is_refused_in_words(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.zip"
    data = bytearray(zipped(institutions_csv=csv_bytes(tmp_path, INSTITUTION)))
    data[60:80] = bytes(20)
    file.write_bytes(data)
    problems = refused(filled, file)
    assert all(problem.file.startswith("in.zip") for problem in problems)


def test_a_zip_in_a_zip_is_not_opened(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.zip"
    file.write_bytes(zipped(inner_csv=zipped(institutions_csv=csv_bytes(tmp_path, INSTITUTION))))
    assert only(refused(filled, file)).file.startswith("in.zip")


@pytest.mark.parametrize("path", ["nothing.csv", "no/such/folder", "a" * 300, "a\x00b", ""])
def test_a_path_that_leads_nowhere_is_refused(path: str, filled: sa.Engine, tmp_path: Path):
    refused(filled, tmp_path / "nowhere" / path)


def test_an_empty_folder_is_refused(filled: sa.Engine, tmp_path: Path):
    (tmp_path / "in").mkdir()
    refused(filled, tmp_path / "in")


def test_a_folder_named_as_a_file_and_a_link_to_itself_are_no_trap(filled: sa.Engine, tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "institutions.csv").mkdir()
    (folder / "countries.csv").symlink_to(folder)
    (folder / "figures.csv").symlink_to("figures.csv")
    with within(seconds=10):
        refused(filled, folder)


def test_a_link_to_a_file_is_read_as_the_file(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path / "there", "institutions", INSTITUTION)
    (tmp_path / "institutions.csv").symlink_to(file)
    assert brought(filled, tmp_path / "institutions.csv") == (0, 0, 1)


def test_a_pipe_is_not_waited_for(filled: sa.Engine, tmp_path: Path):
    os.mkfifo(tmp_path / "institutions.csv")
    refused(filled, tmp_path / "institutions.csv")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that cannot be read")
def test_a_file_that_cannot_be_read_is_refused_in_words(filled: sa.Engine, tmp_path: Path):
    (tmp_path / "institutions.csv").symlink_to("/proc/self/mem")
    refused(filled, tmp_path / "institutions.csv")


def test_a_bad_file_among_good_ones_keeps_all_of_them_out(filled: sa.Engine, tmp_path: Path):
    folder = write_catalogue(tmp_path / "in", countries=[{**COUNTRY, "en": "Changed"}])
    (folder / "figures.csv").write_bytes(b"%PDF-1.7")
    assert {problem.file for problem in refused(filled, folder)} == {"figures.csv"}
    assert len(CATALOGUE) == 7


def test_bytes_of_a_compressed_stream_are_no_csv(filled: sa.Engine, tmp_path: Path):
    (tmp_path / "institutions.csv").write_bytes(zlib.compress(csv_bytes(tmp_path, INSTITUTION) * 50))
    refused(filled, tmp_path / "institutions.csv")

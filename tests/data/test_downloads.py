"""Downloads against a real server that stalls, breaks off, lies and fails."""

import gzip
import hashlib
from pathlib import Path

import pytest

from latens.data.catalogue import RemoteFile
from latens.data.downloads import Patience, download, has_checksum
from latens.exceptions import DownloadError

CONTENT = bytes(range(256)) * 400
QUICK = Patience(attempts=3, stall=0.3, pause=0.01)


def remote(name: str = "x.bin", content: bytes = CONTENT, size: int | None = None) -> RemoteFile:
    return RemoteFile(name, size or len(content), hashlib.sha256(content).hexdigest())


def test_a_file_comes_whole_and_reports_its_progress(site, tmp_path: Path) -> None:
    site.files["x.bin"] = CONTENT
    seen = []
    path = download(
        site.address, tmp_path / "new", remote(), progress=lambda *step: seen.append(step)
    )
    assert path.read_bytes() == CONTENT
    assert seen[0] == ("downloading x.bin", 0, len(CONTENT))
    assert seen[-1] == ("downloading x.bin", len(CONTENT), len(CONTENT))


def test_what_is_there_is_not_downloaded_again(site, tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(CONTENT)
    download(site.address, tmp_path, remote())
    assert site.n_requests == 0


def test_a_damaged_file_that_is_there_is_replaced(site, tmp_path: Path) -> None:
    site.files["x.bin"] = CONTENT
    (tmp_path / "x.bin").write_bytes(CONTENT[:-1])
    assert download(site.address, tmp_path, remote()).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "fault", ["stall", "drip", "truncate", "corrupt", "unannounced truncate", "500", "503", "429"]
)
def test_a_passing_fault_is_healed_by_another_attempt(site, tmp_path: Path, fault: str) -> None:
    site.files["x.bin"] = CONTENT
    site.faults = [fault, fault]
    path = download(site.address, tmp_path, remote(), patience=QUICK)
    assert path.read_bytes() == CONTENT
    assert site.n_requests == 3
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("stall", "stalled"),
        ("drip", "stalled"),
        ("truncate", "broke off after 50.0 KiB of 100.0 KiB"),
        ("corrupt", "wrong checksum"),
        ("unannounced truncate", "wrong checksum"),
        ("endless", "larger than 100.0 KiB"),
        ("503", "answered 503"),
    ],
)
def test_a_lasting_fault_leaves_nothing_behind(
    site, tmp_path: Path, fault: str, reason: str
) -> None:
    site.files["x.bin"] = CONTENT
    site.faults = [fault] * 3
    with pytest.raises(DownloadError, match=reason) as caught:
        download(site.address, tmp_path, remote(), patience=QUICK)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_not_asked_for_again(site, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="answered 404"):
        download(site.address, tmp_path, remote(), patience=QUICK)
    assert site.n_requests == 1


def test_no_server_is_one_line(site, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"no connection \(.*refused.*\) \(3 attempts\)"):
        download("http://127.0.0.1:1/", tmp_path, remote(), patience=QUICK)


def test_only_the_web_is_an_address(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(CONTENT)
    with pytest.raises(DownloadError, match="must begin with http"):
        download(tmp_path.as_uri(), tmp_path / "out", remote())


def test_a_folder_that_cannot_be_written_is_named(site, tmp_path: Path) -> None:
    site.files["x.bin"] = CONTENT
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadError, match="could not be written to"):
        download(site.address, tmp_path / "file", remote(), patience=QUICK)


def test_ctrl_c_leaves_nothing_behind(site, tmp_path: Path) -> None:
    site.files["x.bin"] = CONTENT

    def interrupt(task: str, done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(site.address, tmp_path, remote(), progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_the_checksum_of_a_gzipped_file_is_that_of_its_content(site, tmp_path: Path) -> None:
    # A mirror may have compressed the same content at another level.
    site.files["x.gz"] = gzip.compress(CONTENT, compresslevel=1)
    path = download(site.address, tmp_path, remote("x.gz"), patience=QUICK)
    assert gzip.decompress(path.read_bytes()) == CONTENT


def test_a_gzip_bomb_is_no_match_whatever_it_holds(tmp_path: Path) -> None:
    bomb = bytes(2**26 + 1)
    (tmp_path / "x.gz").write_bytes(gzip.compress(bomb))
    assert not has_checksum(tmp_path / "x.gz", remote("x.gz", bomb))


def test_a_damaged_gzip_file_is_no_match(tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(CONTENT)[:-20])
    assert not has_checksum(tmp_path / "x.gz", remote("x.gz"))

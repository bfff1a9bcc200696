"""Downloads: resumed, checked, unpacked safely; against a server on this machine."""

import hashlib
import http.server
import io
import re
import stat
import threading
import zipfile
from dataclasses import dataclass, field

import pytest

from ossicle.datasets.archives import SOURCES, Archive, Source
from ossicle.datasets.fetch import fetch
from ossicle.datasets.unpack import unpack
from ossicle.errors import DataError

CONTENT = bytes(range(256)) * 4096


@dataclass
class Site:
    """What the server serves, how it behaves, and what it was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    resumes: bool = True
    breaks_after: int | None = None
    ranges: list[str | None] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def site():
    served = Site()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked = self.headers["Range"]
            served.ranges.append(asked)
            content = served.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            first = 0
            if asked and served.resumes:
                first = int(re.fullmatch(r"bytes=(\d+)-", asked)[1])
                if first >= len(content):
                    self.send_error(416)
                    return
                self.send_response(206)
                extent = f"bytes {first}-{len(content) - 1}/{len(content)}"
                self.send_header("Content-Range", extent)
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(content) - first))
            self.end_headers()
            last = None if served.breaks_after is None else first + served.breaks_after
            self.wfile.write(content[first:last])

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


def source(site, content=CONTENT, name="model.bin", checksum=None, keep=".*"):
    site.files[f"/{name}"] = content
    sums = (checksum or f"sha256:{hashlib.sha256(content).hexdigest()}",)
    return {"thing": Source((Archive(f"{site.url}/{name}", name, sums),), "CC0", re.compile(keep))}


def refused(call):
    with pytest.raises(DataError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    return message


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members:
            file.writestr(name, content)
    return buffer.getvalue()


def test_a_file_is_downloaded_once(site, tmp_path):
    sources = source(site)
    target = fetch("thing", tmp_path, sources=sources)
    assert target == tmp_path / "thing"
    assert [path.name for path in target.iterdir()] == ["model.bin"]
    assert (target / "model.bin").read_bytes() == CONTENT
    fetch("thing", tmp_path, sources=sources)
    assert site.ranges == [None]


def test_a_broken_connection_is_taken_up_again(site, tmp_path):
    site.breaks_after = 400_000
    target = fetch("thing", tmp_path, sources=source(site))
    assert (target / "model.bin").read_bytes() == CONTENT
    assert site.ranges == [None, "bytes=399999-", "bytes=799998-"]


@pytest.mark.parametrize("have", [1, 1000, len(CONTENT) - 1, len(CONTENT)])
def test_an_interrupted_download_is_resumed(site, tmp_path, have):
    (tmp_path / ".thing").mkdir()
    (tmp_path / ".thing" / "model.bin.part").write_bytes(CONTENT[:have])
    target = fetch("thing", tmp_path, sources=source(site))
    assert (target / "model.bin").read_bytes() == CONTENT
    assert site.ranges == [f"bytes={have - 1}-" if have > 1 else None]


def test_a_server_that_does_not_resume_sends_all_again(site, tmp_path):
    site.resumes = False
    (tmp_path / ".thing").mkdir()
    (tmp_path / ".thing" / "model.bin.part").write_bytes(CONTENT[:1000])
    target = fetch("thing", tmp_path, sources=source(site))
    assert (target / "model.bin").read_bytes() == CONTENT


def test_more_than_there_is_starts_again(site, tmp_path):
    (tmp_path / ".thing").mkdir()
    (tmp_path / ".thing" / "model.bin.part").write_bytes(CONTENT + b"more")
    target = fetch("thing", tmp_path, sources=source(site))
    assert (target / "model.bin").read_bytes() == CONTENT
    assert site.ranges == [f"bytes={len(CONTENT) + 3}-", None]


def test_a_wrong_checksum_is_refused_and_the_next_run_starts_afresh(site, tmp_path):
    sources = source(site)
    site.files["/model.bin"] = CONTENT[::-1]
    message = refused(lambda: fetch("thing", tmp_path, sources=sources))
    assert hashlib.sha256(CONTENT[::-1]).hexdigest() in message
    assert hashlib.sha256(CONTENT).hexdigest() in message
    assert not (tmp_path / "thing").exists()
    site.files["/model.bin"] = CONTENT
    target = fetch("thing", tmp_path, sources=sources)
    assert [path.name for path in target.iterdir()] == ["model.bin"]


def test_an_md5_is_checked_too(site, tmp_path):
    good = f"md5:{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}"
    fetch("thing", tmp_path / "good", sources=source(site, checksum=good))
    bad = source(site, checksum="md5:" + "0" * 32)
    assert "not md5:000" in refused(lambda: fetch("thing", tmp_path / "bad", sources=bad))


def test_offline_it_says_where_to_put_the_file(tmp_path):
    # Nothing listens on port 9 (discard) of this machine.
    checksum = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    archive = Archive("http://127.0.0.1:9/model.bin", "model.bin", (checksum,))
    sources = {"thing": Source((archive,), "CC0")}
    message = refused(lambda: fetch("thing", tmp_path, sources=sources))
    place = tmp_path / ".thing" / "model.bin"
    assert f"put it at {place}" in message
    place.write_bytes(CONTENT)
    assert (fetch("thing", tmp_path, sources=sources) / "model.bin").read_bytes() == CONTENT


def test_a_file_that_is_not_there_is_named(site, tmp_path):
    sources = source(site)
    site.files.clear()
    message = refused(lambda: fetch("thing", tmp_path, sources=sources))
    assert f"{site.url}/model.bin" in message
    assert "HTTP 404" in message


def test_an_archive_is_unpacked_without_its_folder(site, tmp_path):
    content = zipped([("x-1/", b""), ("x-1/a/1.wav", b"one"), ("x-1/b.txt", b"two")])
    target = fetch("thing", tmp_path, sources=source(site, content, "x.zip"))
    found = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert found == {"a/1.wav", "b.txt"}
    assert (target / "a" / "1.wav").read_bytes() == b"one"


def test_what_was_unpacked_is_not_fetched_again(site, tmp_path):
    first = source(site, zipped([("x/1.txt", b"1")]), "1.zip")["thing"]
    second = source(site, zipped([("x/2.txt", b"2")]), "2.zip")["thing"]
    both = {"thing": Source(first.archives + second.archives, "CC0")}
    late = site.files.pop("/2.zip")
    refused(lambda: fetch("thing", tmp_path, sources=both))
    assert not (tmp_path / "thing").exists()
    site.files = {"/2.zip": late}
    target = fetch("thing", tmp_path, sources=both)
    assert {path.name for path in target.iterdir()} == {"1.txt", "2.txt"}


def link(name):
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


@pytest.mark.parametrize(
    "name",
    ["../evil", "x/../../evil", "/evil", "x/..\\..\\evil", "C:/evil", link("x/evil")],
    ids=str,
)
def test_members_that_lead_out_are_refused(tmp_path, name):
    archive = tmp_path / "x.zip"
    archive.write_bytes(zipped([("x/good", b"good"), (name, b"/etc/passwd")]))
    message = refused(lambda: unpack(archive, tmp_path / "out" / "deep", re.compile(".*")))
    assert str(archive) in message
    assert "leads out of the folder" in message
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [archive]


def test_damaged_archives_are_refused(tmp_path):
    archive = tmp_path / "x.zip"
    whole = zipped([("x/a", b"content" * 100)])
    flipped = whole.replace(b"contentcontent", b"contentCONTENT", 1)
    for content in (b"", b"not a zip", whole[:-30], flipped):
        archive.write_bytes(content)
        assert "is not a sound ZIP file" in refused(
            lambda: unpack(archive, tmp_path / "out", re.compile(".*"))
        )


def test_unknown_names_are_refused(tmp_path):
    message = refused(lambda: fetch("esc11", tmp_path))
    assert "esc10, esc50, tau2022mobile, mlperf_tiny" in message


def test_every_archive_has_a_checksum_and_a_safe_address():
    archives = [archive for source in SOURCES.values() for archive in source.archives]
    assert len(archives) == 1 + 1 + 18 + 4
    for archive in archives:
        assert archive.url.startswith("https://")
        assert archive.checksums
        for checksum in archive.checksums:
            assert re.fullmatch(r"md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}", checksum)


def test_esc10_keeps_the_ten_classes_and_the_tables():
    keep = SOURCES["esc10"].keep
    kept = ("audio/1-100032-A-0.wav", "audio/5-9032-A-41.wav", "meta/esc50.csv", "LICENSE")
    left = ("audio/1-100032-A-2.wav", "audio/1-1-A-410.wav", "tests/test_dataset.py", "esc50.gif")
    assert all(keep.fullmatch(name) for name in kept)
    assert not any(keep.fullmatch(name) for name in left)

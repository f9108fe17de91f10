"""`fetch` against a real server that drops connections, lies and fails."""

import socket
import threading
from pathlib import Path

import pytest

from data_scripts.download import fetch
from data_scripts.errors import (
    BadStatus,
    CannotWrite,
    DataError,
    DiskFull,
    DownloadError,
    NoNetwork,
    WrongContent,
)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "speeches.txt"


def get(server, target, **options):
    return fetch(server.url, target, server.sha256, len(server.content), **options)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_file_arrives_whole_and_alone(server, target):
    assert get(server, target) == target
    assert target.read_bytes() == server.content
    assert names_in(target.parent) == ["speeches.txt"]


def test_a_second_fetch_asks_nobody(server, target):
    get(server, target)
    get(server, target)
    assert len(server.ranges) == 1


def test_missing_folders_are_made(server, tmp_path):
    assert get(server, tmp_path / "a" / "b" / "speeches.txt").is_file()


def test_a_wrong_file_under_the_name_is_replaced(server, target):
    target.write_bytes(b"something else")
    get(server, target)
    assert target.read_bytes() == server.content


def test_progress_goes_to_stderr_only(server, target, capsys):
    get(server, target)
    out, err = capsys.readouterr()
    assert out == ""
    assert "speeches.txt" in err and "100%" in err


def test_a_dropped_connection_is_resumed_where_it_broke(server, target):
    server.script = [{"drop_after": 100_000}, {"drop_after": 50_000}]
    get(server, target)
    assert target.read_bytes() == server.content
    assert server.ranges == [None, "bytes=100000-", "bytes=150000-"]


def test_drops_that_bring_the_file_further_start_the_retries_afresh(server, target):
    server.script = [{"drop_after": 40_000}] * 6
    get(server, target, retries=1)
    assert target.read_bytes() == server.content


def test_a_later_run_continues_what_an_earlier_one_kept(server, target):
    server.script = [{"drop_after": 100_000}, *[{"status": 503}] * 3]
    with pytest.raises(BadStatus, match="100,000 bytes are kept: the next run continues there"):
        get(server, target, retries=2)
    assert names_in(target.parent) == ["speeches.txt.part"]
    get(server, target)
    assert server.ranges[-1] == "bytes=100000-"
    assert target.read_bytes() == server.content
    assert names_in(target.parent) == ["speeches.txt"]


def test_a_server_that_ignores_ranges_sends_the_file_again(server, target):
    server.knows_ranges = False
    server.script = [{"drop_after": 100_000}]
    get(server, target)
    assert target.read_bytes() == server.content


def test_a_server_that_ignores_ranges_and_always_drops_is_given_up(server, target):
    server.knows_ranges = False
    server.script = [{"drop_after": 100_000}] * 20
    with pytest.raises(NoNetwork, match="broke off after 100,000 of 307,200 bytes"):
        get(server, target, retries=3)
    assert len(server.ranges) == 4


def test_a_range_from_the_wrong_place_is_not_appended(server, target):
    server.script = [{"drop_after": 100_000}, {"starts_at": 99_000}]
    get(server, target)
    assert target.read_bytes() == server.content


def test_a_drop_without_content_length_is_noticed_by_the_size(server, target):
    server.script = [{"drop_after": 100_000, "no_length": True}]
    get(server, target)
    assert target.read_bytes() == server.content


def test_a_kept_part_that_is_whole_needs_no_request(server, target):
    target.with_name("speeches.txt.part").write_bytes(server.content)
    get(server, target)
    assert server.ranges == []
    assert names_in(target.parent) == ["speeches.txt"]


def test_status_416_with_a_whole_part_is_success(server, target):
    target.with_name("speeches.txt.part").write_bytes(server.content)
    fetch(server.url, target, server.sha256)  # size unknown: it has to ask
    assert server.ranges == [f"bytes={len(server.content)}-"]
    assert target.read_bytes() == server.content


@pytest.mark.parametrize("extra", [0, 10])
def test_a_kept_part_of_another_file_is_thrown_away(server, target, extra):
    target.with_name("speeches.txt.part").write_bytes(b"x" * (len(server.content) + extra))
    get(server, target)
    assert target.read_bytes() == server.content


def test_a_file_that_changes_between_two_tries_is_begun_again(server, target):
    earlier = b"x" * len(server.content)
    server.script = [{"content": earlier, "drop_after": 100_000}]
    get(server, target)
    assert target.read_bytes() == server.content
    assert server.ranges == [None, "bytes=100000-", None]


def test_another_file_is_refused_and_leaves_nothing(server, target):
    server.script = [{"content": b"<html>please log in</html>"}]
    with pytest.raises(WrongContent, match=r"expected sha256 \w{12}\.\.\., 307,200 bytes") as error:
        get(server, target)
    assert "26 bytes" in str(error.value)
    assert names_in(target.parent) == []
    assert len(server.ranges) == 1


def test_an_endless_file_does_not_fill_the_disk(server, target):
    server.script = [{"content": bytes(5_000_000), "no_length": True}]
    with pytest.raises(WrongContent) as error:
        get(server, target)
    got = int(str(error.value).split("..., ")[-1].split(" bytes")[0].replace(",", ""))
    assert len(server.content) < got < 600_000


def test_a_wrong_file_leaves_the_old_one_alone(server, target):
    target.write_bytes(b"old")
    server.script = [{"content": b"wrong"}]
    with pytest.raises(WrongContent):
        get(server, target)
    assert target.read_bytes() == b"old"


def test_status_404_is_reported_at_once(server, target):
    server.script = [{"status": 404}]
    with pytest.raises(BadStatus, match="status 404 instead of the file"):
        get(server, target)
    assert len(server.ranges) == 1


def test_status_503_is_tried_again_with_growing_waits(server, target):
    server.script = [{"status": 503}] * 3
    waits = []
    get(server, target, wait_s=1.0, sleep=waits.append)
    assert target.read_bytes() == server.content
    assert waits == [1.0, 2.0, 4.0]


def test_status_503_for_ever_is_reported_after_the_retries(server, target):
    server.script = [{"status": 503}] * 10
    with pytest.raises(BadStatus, match=r"after 3 attempts .* status 503"):
        get(server, target, retries=2)
    assert len(server.ranges) == 3


def test_a_closed_port_is_no_network(target):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/speeches.txt"
    with pytest.raises(NoNetwork, match=r"127\.0\.0\.1: .* 2 attempts .*refused.*network"):
        fetch(url, target, "0" * 64, retries=1)
    assert names_in(target.parent) == []


def test_an_unknown_host_is_no_network(target):
    with pytest.raises(NoNetwork, match=r"speeches\.invalid: no file after 1 attempts"):
        fetch("https://speeches.invalid/a.txt", target, "0" * 64, retries=0)


def test_a_server_that_says_nothing_is_no_network(target):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(NoNetwork, match="no answer in time"):
            fetch(url, target, "0" * 64, retries=0, timeout_s=0.05)


def test_a_server_that_is_not_a_web_server_is_no_network(target):
    with socket.create_server(("127.0.0.1", 0)) as odd:
        url = f"http://127.0.0.1:{odd.getsockname()[1]}/"

        def greet():
            connection, _ = odd.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"220 mail here\r\n")

        greeter = threading.Thread(target=greet)
        greeter.start()
        with pytest.raises(NoNetwork, match="220 mail here"):
            fetch(url, target, "0" * 64, retries=0)
        greeter.join()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_named_and_leaves_nothing(server, target):
    target.with_name("speeches.txt.part").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match="disk is full"):
        get(server, target)
    assert names_in(target.parent) == []


def test_a_file_where_a_folder_should_be_is_named(server, tmp_path):
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(CannotWrite, match="cannot be written"):
        get(server, tmp_path / "data" / "speeches.txt")


def test_every_error_is_a_data_error_in_one_paragraph(server, target):
    server.script = [{"status": 404}]
    with pytest.raises(DataError) as error:
        get(server, target)
    assert isinstance(error.value, DownloadError)
    assert "\n" not in str(error.value)

"""A bucket as destination, of a service that runs and checks signatures."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sayso.errors import FetchError, MissingError, PublishError
from sayso.publish.hosting.bucket import BucketDestination, _Kept, open_bucket
from sayso.publish.hosting.destination import Reader
from sayso.publish.hosting.outgoing import Outgoing, outgoing_files
from sayso.publish.hosting.serving import Stage, serving
from sayso.wire.places import CHECKPOINT, TIMESTAMP
from sayso.wire.succession import Entry
from tests.buckets import Client, Service, service, unconditional
from tests.hosted import open_whole, put, registry

NAMES = iter(f"bucket-{number}" for number in range(1000))


@pytest.fixture(scope="module")
def s3() -> Iterator[Service]:
    with service() as running:
        yield running


@pytest.fixture
def client(s3: Service, monkeypatch: pytest.MonkeyPatch) -> Client:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return s3.client()


@pytest.fixture
def bucket(client: Client) -> str:
    name = next(NAMES)
    client.create_bucket(Bucket=name)
    return name


def objects(client: Client, bucket: str) -> dict[str, bytes]:
    listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        entry["Key"]: client.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
        for entry in listed
    }


def test_a_release_is_published_and_opened(
    tmp_path: Path, client: Client, bucket: str
) -> None:
    made = registry()
    target = open_bucket(bucket, "registries/one")
    done = put(outgoing_files(made.write(tmp_path / "out")), target, made.check)
    assert (done.sent, done.notes) == (len(made.files), ())
    kept = objects(client, bucket)
    assert kept == {f"registries/one/{p}": d for p, d in made.files.items()}
    again = open_bucket(bucket, "registries/one")
    assert open_whole(again, made.check).release == done.release
    for path in made.files:
        head = client.head_object(Bucket=bucket, Key=f"registries/one/{path}")
        assert head["ContentType"] == serving(path).media_type
        assert head["CacheControl"] == serving(path).cache_control
        assert "ContentEncoding" not in head


def test_what_is_there_is_not_sent_again(
    tmp_path: Path, client: Client, bucket: str
) -> None:
    made = registry()
    files = outgoing_files(made.write(tmp_path / "out"))
    put(files, open_bucket(bucket, ""), made.check)
    again = put(files, open_bucket(bucket, ""), made.check)
    assert (again.sent, again.kept) == (0, len(files))
    (path, *_) = [path for path in files if path.startswith("bulk/")]
    client.put_object(Bucket=bucket, Key=path, Body=bytes(files[path].size))
    client.delete_object(Bucket=bucket, Key="index.html")
    mended = put(files, open_bucket(bucket, ""), made.check)
    assert mended.sent == 2
    assert objects(client, bucket) == made.files


def test_an_object_whose_tag_is_no_md5_is_known_by_what_it_keeps(
    tmp_path: Path, client: Client, bucket: str
) -> None:
    data = b"in parts"
    (tmp_path / "a.txt").write_bytes(data)
    file = outgoing_files(tmp_path)["a.txt"]
    upload = client.create_multipart_upload(
        Bucket=bucket, Key="a.txt", Metadata={"sha256": file.digests()[1]}
    )
    where = {"Bucket": bucket, "Key": "a.txt", "UploadId": upload["UploadId"]}
    part = client.upload_part(**where, PartNumber=1, Body=data)
    client.complete_multipart_upload(
        **where, MultipartUpload={"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
    )
    tag = client.head_object(Bucket=bucket, Key="a.txt")["ETag"]
    assert "-" in tag
    assert open_bucket(bucket, "").has(file)


def test_a_run_that_was_killed_is_finished(
    tmp_path: Path, client: Client, bucket: str
) -> None:
    made = registry()
    put(
        outgoing_files(made.write(tmp_path / "old")),
        open_bucket(bucket, ""),
        made.check,
    )
    made.next(title="Another River")
    files = outgoing_files(made.write(tmp_path / "new"))

    class Killed(BucketDestination):
        def put(self, file: Outgoing) -> None:
            if file.path == CHECKPOINT:
                raise KeyboardInterrupt
            super().put(file)

    with pytest.raises(KeyboardInterrupt):
        put(files, Killed(client, bucket, ""), made.check)
    assert open_whole(open_bucket(bucket, ""), made.check).index == 0
    done = put(files, open_bucket(bucket, ""), made.check)
    late = [path for path in files if serving(path).stage >= Stage.CHECKPOINT]
    assert 0 < done.sent <= len(late)
    assert open_whole(open_bucket(bucket, ""), made.check).index == 1


@pytest.mark.parametrize("first", [True, False])
def test_of_two_who_publish_at_the_same_time_one_fails(
    tmp_path: Path, client: Client, bucket: str, *, first: bool
) -> None:
    made = registry()
    if not first:
        source = made.write(tmp_path / "one")
        put(outgoing_files(source), open_bucket(bucket, ""), made.check)
    made.next(title="Another River")
    later = outgoing_files(made.write(tmp_path / "two"))
    made.renew()
    latest = outgoing_files(made.write(tmp_path / "three"))

    def meanwhile(reader: Reader) -> Entry:
        put(latest, open_bucket(bucket, ""), made.check)
        return made.check(reader)

    with pytest.raises(PublishError, match=r"was changed meanwhile: somebody else"):
        put(later, open_bucket(bucket, ""), meanwhile)
    kept = client.get_object(Bucket=bucket, Key=TIMESTAMP)["Body"].read()
    assert kept == made.files[TIMESTAMP]


def test_a_service_without_conditions_is_told_of_and_looked_after(
    tmp_path: Path, bucket: str
) -> None:
    # Signatures hold for the headers that were sent, so here nobody checks them.
    made = registry()
    with service(checks=False) as plain, unconditional(plain.address) as address:
        plain.client().create_bucket(Bucket=bucket)
        source = made.write(tmp_path / "one")
        slow = open_bucket(bucket, "", endpoint=address)
        quick = open_bucket(bucket, "", endpoint=address)
        done = put(outgoing_files(source), quick, made.check)
        assert len(done.notes) == 1
        assert "one run at a time" in done.notes[0]
        with pytest.raises(PublishError, match="was changed meanwhile"):
            slow.put(outgoing_files(source)[TIMESTAMP])
        again = open_bucket(bucket, "", endpoint=address)
        assert open_whole(again, made.check).index == 0


def test_a_service_that_goes_away_is_said(
    tmp_path: Path, client: Client, bucket: str
) -> None:
    (tmp_path / "a.txt").write_bytes(b"data")
    file = outgoing_files(tmp_path)["a.txt"]
    with service(checks=False) as plain, unconditional(plain.address) as address:
        plain.client().create_bucket(Bucket=bucket)
        target = open_bucket(bucket, "", endpoint=address)
        target.put(file)
        target._known, target._conditional = None, False
        later = open_bucket(bucket, "", endpoint=address)
        later._known = file
    (tmp_path / "a.txt").write_bytes(b"atad")
    timestamp = Outgoing(path=TIMESTAMP, place=file.place, size=4)
    acts: list[Callable[[], None]] = [
        lambda: target.put(file),
        lambda: target.remove(["a.txt"]),
        lambda: target.put(timestamp),
        lambda: later.put(timestamp),
    ]
    for act in acts:
        with pytest.raises(PublishError, match=r"s3://.* refused"):
            act()
    with pytest.raises(PublishError, match=r"s3://.* refused"):
        open_bucket_again(target).has(file)
    with pytest.raises(FetchError, match=r"a\.txt in s3://"):
        target.fetch("a.txt", limit=4)
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def open_bucket_again(target: BucketDestination) -> BucketDestination:
    """Let a bucket seem to have a file of another content and the same length."""
    target._kept["a.txt"] = _Kept(size=4, tag="other")
    return target


def test_a_file_that_may_not_be_removed_is_said(
    client: Client, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = open_bucket(bucket, "")
    refusal = {"Errors": [{"Key": "a.txt", "Message": "Access Denied"}]}
    monkeypatch.setattr(target._client, "delete_objects", lambda **_: refusal)
    with pytest.raises(PublishError, match=r"refused a\.txt: Access Denied"):
        target.remove(["a.txt"])
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_files_are_read_bounded(tmp_path: Path, bucket: str) -> None:
    (tmp_path / "a.txt").write_bytes(b"data")
    target = open_bucket(bucket, "")
    target.put(outgoing_files(tmp_path)["a.txt"])
    assert target.fetch("a.txt", limit=4) == b"data"
    with pytest.raises(FetchError, match="longer than the 3 bytes"):
        target.fetch("a.txt", limit=3)
    with pytest.raises(MissingError, match=r"has no b\.txt"):
        target.fetch("b.txt", limit=4)


def test_files_are_removed(tmp_path: Path, client: Client, bucket: str) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_bytes(b"data")
    target = open_bucket(bucket, "a")
    for file in outgoing_files(tmp_path).values():
        target.put(file)
    target.remove(["0.txt", "2.txt", "gone.txt"])
    target.remove([])
    assert [*objects(client, bucket)] == ["a/1.txt"]


def test_who_is_not_known_is_refused(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(PublishError, match=r"cannot be listed.*s3:ListBucket"):
        open_bucket(bucket, "")


def test_who_is_known_no_more_is_refused(
    tmp_path: Path, s3: Service, client: Client, bucket: str
) -> None:
    (tmp_path / "a.txt").write_bytes(b"data")
    file = outgoing_files(tmp_path)["a.txt"]
    stranger = Service(address=s3.address, access=s3.access, secret="another").client()  # noqa: S106 - wrong
    target = BucketDestination(client, bucket, "")
    target.put(file)
    target = BucketDestination(client, bucket, "")
    target._client = stranger
    with pytest.raises(PublishError, match=r"s3://.* refused a\.txt"):
        target.put(file)
    with pytest.raises(FetchError, match=r"a\.txt in s3://"):
        target.fetch("a.txt", limit=4)
    with pytest.raises(PublishError, match=r"refused a\.txt"):
        target.remove(["a.txt"])
    (tmp_path / "a.txt").write_bytes(b"atad")
    with pytest.raises(PublishError, match=r"refused a\.txt"):
        target.has(outgoing_files(tmp_path)["a.txt"])


@pytest.mark.usefixtures("client")
def test_a_bucket_or_a_service_that_is_not_there_is_said() -> None:
    with pytest.raises(PublishError, match=r"s3://absent-bucket cannot be listed"):
        open_bucket("absent-bucket", "")
    with pytest.raises(PublishError, match=r"s3://bucket cannot be listed"):
        open_bucket("bucket", "", endpoint="http://127.0.0.1:1")
    with pytest.raises(PublishError, match=r"s3://bucket cannot be reached"):
        open_bucket("bucket", "", endpoint="no address")

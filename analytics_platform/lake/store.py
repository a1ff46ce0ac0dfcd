"""The one seam to a file system: a folder, gs:// or s3://. Keys are relative paths with forward slashes.

What is published is whole: locally a file is written beside its place, synced and renamed; on an object store it is
one upload that becomes visible when it ends. Does not live here: what the files mean.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from filecmp import cmp
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem


ABANDONED_SECONDS = 86_400
S3_TRIES = 8  # Google's client tries again for a quarter of an hour by itself
AT_ONCE = 16  # requests to an object store at a time


class LocalStore:
    """Keys below a folder."""

    lists_for_free = True

    def __init__(self, root: Path) -> None:
        self.root = root
        self.scratch = root / "scratch"

    @property
    def url(self) -> str:
        return str(self.root)

    def keys(self, prefix: str) -> list[str]:
        """Every key below a prefix, sorted; half-written files are not keys."""
        return sorted(key for key, _ in self._entries(prefix))

    def marks(self, prefix: str) -> dict[str, str]:
        """Every key below a prefix with a mark that changes when its file does."""
        marks = {}
        for key, entry in self._entries(prefix):
            with suppress(FileNotFoundError):  # another process took it away
                stat = entry.stat()
                marks[key] = f"{stat.st_size}-{stat.st_mtime_ns}"
        return dict(sorted(marks.items()))

    def _entries(self, prefix: str) -> "Iterator[tuple[str, os.DirEntry[str]]]":
        """No path objects: a lake of ten years has tens of thousands of files, and the sensor looks every minute."""
        folders = [prefix.rstrip("/")]
        while folders:
            folder = folders.pop()
            with suppress(FileNotFoundError, NotADirectoryError), os.scandir(self.root / folder) as entries:
                for entry in entries:
                    key = f"{folder}/{entry.name}" if folder else entry.name
                    if not entry.is_dir():
                        yield key, entry
                    elif not entry.is_symlink():
                        folders.append(key)

    def names(self, folder: str) -> list[str]:
        """What lies in a folder itself, files and folders, in no order."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return [path.name for path in (self.root / folder).iterdir()]
        return []

    def exists(self, key: str) -> bool:
        return (self.root / key).exists()

    def read(self, key: str) -> bytes | None:
        try:
            return (self.root / key).read_bytes()
        except FileNotFoundError:
            return None

    def publish(self, file: Path, key: str) -> None:
        """Move a finished local file to its key: all of it or nothing, and on disk when this returns."""
        target = self.root / key
        if target.exists() and cmp(file, target, shallow=False):
            file.unlink()  # the same again is no news: the file keeps its mark, and what was built from it holds
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as handle:
            os.fsync(handle.fileno())
        file.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def delete(self, key: str) -> None:
        (self.root / key).unlink(missing_ok=True)

    def touch(self, key: str) -> None:
        (self.root / key).parent.mkdir(parents=True, exist_ok=True)
        (self.root / key).touch()

    def workspace(self) -> AbstractContextManager[Path]:
        return _workspace(self.scratch)

    def local(self, keys: list[str], _workspace: Path) -> list[Path]:
        """Paths at which DuckDB can read these keys."""
        return [self.root / key for key in keys]


class ObjectStore:
    """Keys below a prefix of a bucket, through Arrow's file systems."""

    lists_for_free = False  # a thousand keys a request, each billed as a write

    def __init__(self, url: str, scratch: Path, endpoint: str = "") -> None:
        self.url = url
        self.scratch = scratch
        self._fs, self._base = _arrow_file_system(url, endpoint)

    def keys(self, prefix: str) -> list[str]:
        return sorted(self.marks(prefix))

    def marks(self, prefix: str) -> dict[str, str]:
        from pyarrow.fs import FileSelector, FileType

        selector = FileSelector(f"{self._base}/{prefix}".rstrip("/"), recursive=True, allow_not_found=True)
        infos = self._fs.get_file_info(selector)
        return {
            info.path.removeprefix(f"{self._base}/"): f"{info.size}-{info.mtime_ns}"
            for info in infos
            if info.type == FileType.File
        }

    def exists(self, key: str) -> bool:
        from pyarrow.fs import FileType

        return bool(self._fs.get_file_info(f"{self._base}/{key}").type == FileType.File)

    def read(self, key: str) -> bytes | None:
        try:
            with self._fs.open_input_stream(f"{self._base}/{key}", compression=None) as stream:
                return bytes(stream.read())
        except FileNotFoundError:
            return None

    def publish(self, file: Path, key: str) -> None:
        from pyarrow.fs import LocalFileSystem, copy_files

        if self._fs.type_name == "local":  # object stores have no folders
            self._fs.create_dir(f"{self._base}/{key}".rpartition("/")[0])
        copy_files(str(file), f"{self._base}/{key}", LocalFileSystem(), self._fs)
        file.unlink()

    def delete(self, key: str) -> None:
        if self.exists(key):
            self._fs.delete_file(f"{self._base}/{key}")

    def touch(self, key: str) -> None:
        """An empty file: its name says all."""
        with self.workspace() as folder:
            (folder / "empty").touch()
            self.publish(folder / "empty", key)

    def workspace(self) -> AbstractContextManager[Path]:
        return _workspace(self.scratch)

    def local(self, keys: list[str], workspace: Path) -> list[Path]:
        """Copies of these keys: DuckDB's own object-store extension cannot be assumed to be there."""

        def copy(numbered: tuple[int, str]) -> Path:
            number, key = numbered
            file = workspace / f"{number:06d}~{Path(key).name}"
            with (
                self._fs.open_input_stream(f"{self._base}/{key}", compression=None) as stream,
                file.open("wb") as target,
            ):
                shutil.copyfileobj(stream, target)
            return file

        with ThreadPoolExecutor(AT_ONCE) as pool:  # waiting for answers, not computing
            return list(pool.map(copy, enumerate(keys)))


@contextmanager
def _workspace(scratch: Path) -> Iterator[Path]:
    """A private folder for unfinished files, on the same disk; gone at the end. What killed processes left goes too."""
    scratch.mkdir(parents=True, exist_ok=True)
    for left in scratch.iterdir():
        with suppress(FileNotFoundError):  # its owner was faster
            if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=scratch, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


Store = LocalStore | ObjectStore


def open_store(root: str, scratch: Path, endpoint: str = "") -> Store:
    """The store for a folder or a gs:// or s3:// URL; ``endpoint`` is another address than Google's or Amazon's."""
    if root.startswith(("gs://", "s3://")):
        return ObjectStore(root, scratch, endpoint)
    return LocalStore(Path(root))


def _arrow_file_system(url: str, endpoint: str) -> "tuple[FileSystem, str]":
    from pyarrow.fs import (
        AwsStandardS3RetryStrategy,
        FileSystem,
        GcsFileSystem,
        S3FileSystem,
        resolve_s3_region,
    )

    kind, _, base = url.partition("://")
    scheme, _, host = endpoint.partition("://")
    if kind == "s3":
        again = AwsStandardS3RetryStrategy(max_attempts=S3_TRIES)
        if endpoint:
            return S3FileSystem(endpoint_override=host, scheme=scheme, retry_strategy=again), base
        region = resolve_s3_region(base.partition("/")[0])
        return S3FileSystem(region=region, retry_strategy=again), base
    if kind == "gs" and endpoint:
        return GcsFileSystem(anonymous=True, endpoint_override=host, scheme=scheme), base
    file_system, base = FileSystem.from_uri(url)
    return file_system, base

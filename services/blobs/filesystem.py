"""Blobs as files below one directory, readable by this user only. Every machine of a deployment must see it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from config import BadSetting, Settings
from services.blobs import CHUNK, BlobMissing, BlobStore
from services.errors import StorageFull

NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
NO_LINKS = {errno.EMLINK, errno.EPERM, errno.ENOTSUP, errno.EXDEV}


class FilesystemBlobs:
    """`<root>/<first two letters>/<folder>/<name>`, so that no directory grows without bound."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, stream: BinaryIO) -> None:
        target = self._path(key)
        with _translated():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(target, stream)

    def read(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise BlobMissing(key) from None

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise BlobMissing(key)
        yield path

    def copy(self, source: str, target: str) -> None:
        """A hard link where it can be: blobs are replaced, never written to, so both keys keep their bytes."""
        there, path = self._path(source), self._path(target)
        if not there.is_file():
            raise BlobMissing(source)
        with _translated():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                path.hardlink_to(there)
            except FileExistsError:
                return  # an earlier try got this far
            except OSError as error:
                if error.errno not in NO_LINKS:
                    raise
                with there.open("rb") as stream:
                    _write(path, stream)

    def delete(self, folder: str) -> None:
        shutil.rmtree(self._folder(folder), ignore_errors=True)

    def folders(self, older_than: float) -> Iterator[str]:
        limit = time.time() - older_than
        for path in self._root.glob("??/*"):
            with suppress(FileNotFoundError):  # another janitor was faster
                if _is_folder(path.name) and path.stat().st_mtime < limit:
                    yield path.name

    def _folder(self, folder: str) -> Path:
        if not _is_folder(folder):
            raise ValueError("a blob folder is made of letters, digits, - and _")
        return self._root / folder[:2] / folder

    def _path(self, key: str) -> Path:
        folder, _, name = key.partition("/")
        if not name.isidentifier():
            raise ValueError("a blob name is an identifier")
        return self._folder(folder) / name


def _is_folder(name: str) -> bool:
    return name.replace("-", "").replace("_", "").isalnum()


def _write(target: Path, stream: BinaryIO) -> None:
    """Through a temporary file in the same directory, synced before it gets its name."""
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        try:
            shutil.copyfileobj(stream, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(target)
            _sync(target.parent)
            _sync(target.parent.parent)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _sync(directory: Path) -> None:
    """Names are kept by the directory: a file is only safe when that is."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise StorageFull() from error
        raise


def build(settings: Settings) -> BlobStore:
    """Raises BadSetting when the directory cannot be made or written."""
    root = settings.uploads
    try:
        if settings.upload_folder is None:
            settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            pass
    except OSError as error:
        name = "DATA_DIR" if settings.upload_folder is None else "UPLOAD_FOLDER"
        raise BadSetting(f"{name}: {root} cannot be written: {error.strerror}") from error
    return FilesystemBlobs(root)

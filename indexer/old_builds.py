"""What may be deleted from an index folder: builds that nobody needs, and what killed builds left.

A process that has a build open holds a shared lock (flock) on its manifest, which goes when the
process does, however it ends. A build so held is never deleted.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from corpus.durable import partial_of
from indexer.errors import DianceError, IndexDamagedError
from indexer.index_folder import MANIFEST, builds_in, read_manifest


class BuildInUse:
    """Keeps a build from being deleted until :meth:`release`, or until the process ends."""

    def __init__(self, build: Path) -> None:
        """Hold a build.

        Raises:
            IndexDamagedError: it isn't there.
        """
        try:
            self._manifest = (build / MANIFEST).open("rb")
        except OSError:
            raise IndexDamagedError(
                f"索引 {build} 不完整或已被删除。请运行 diance build --force 重新建立。"
            ) from None
        fcntl.flock(self._manifest, fcntl.LOCK_SH)

    def release(self) -> None:
        """Nothing of the build is read any more."""
        self._manifest.close()


def drop_old_builds(index_folder: Path, current: Path) -> None:
    """Delete all builds but the current one, the newest whole one before it, and those in use.

    What can't be deleted now is left for the next build: nothing depends on it.
    """
    others = [build for build in reversed(builds_in(index_folder)) if build != current]
    kept = next((build for build in others if _is_whole(build)), None)
    for build in others:
        if build != kept and not _is_in_use(build):
            _drop(build)


def drop_leftovers(index_folder: Path) -> int:
    """Delete what killed builds left behind; how much that was. The caller holds the lock."""
    left = [path for path in index_folder.iterdir() if path.name.startswith(".")]
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(left)


def _is_whole(build: Path) -> bool:
    try:
        read_manifest(build, verify=True)
    except DianceError:
        return False
    return True


def _is_in_use(build: Path) -> bool:
    try:
        with (build / MANIFEST).open("rb") as manifest:
            fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # it can't be read, by nobody
        return False
    return False


def _drop(build: Path) -> None:
    """Out of sight first, so that half a build is never taken for a whole one."""
    doomed = partial_of(build)
    try:
        os.rename(build, doomed)
    except OSError:
        return
    shutil.rmtree(doomed, ignore_errors=True)

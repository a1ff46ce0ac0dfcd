"""Google's GoogleSQL (zetasql on wasm) loaded in a fraction of a second instead of twenty.

Compiling the wasm takes 25 s; the compiled module (75 MB) is kept in the user's cache, never in the repository,
because it fits one CPU and one wasmtime only. Without the cache everything works and is slower.
"""

import ctypes
import hashlib
import os
import platform
from importlib.metadata import version
from pathlib import Path
from unittest import mock

import wasmtime
from zetasql.core import wasm_client
from zetasql.core.local_service import ZetaSqlLocalService
from zetasql.core.wasm_client import WasmClient
from zetasql.wasi import get_wasm_path


def cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "analytics-platform" / "zetasql"


def compiled_module(engine: wasmtime.Engine, wasm: Path) -> wasmtime.Module:
    """The module for this CPU and these versions, from the cache or compiled and put there."""
    cpu = Path("/proc/cpuinfo")
    flags = (
        next((line for line in cpu.read_text().splitlines() if line.startswith("flags")), "") if cpu.exists() else ""
    )
    parts = [platform.platform(), platform.machine(), flags, version("wasmtime"), version("zetasql")]
    file = cache_folder() / f"{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:16]}.cwasm"
    if file.exists():
        try:
            return wasmtime.Module.deserialize_file(engine, str(file))
        except wasmtime.WasmtimeError:  # half a file, or another machine's home folder
            file.unlink(missing_ok=True)
    module = wasmtime.Module.from_file(engine, str(wasm))
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(module.serialize())
    unfinished.replace(file)
    return module


class CachedClient(WasmClient):
    """The library's client with the module from the cache, and memory copied at once instead of byte by byte."""

    def __init__(self, wasm: Path) -> None:
        with mock.patch.object(wasm_client, "Module") as library_module:
            library_module.from_file = lambda engine, path: compiled_module(engine, Path(path))
            super().__init__(str(wasm))

    def write_bytes(self, ptr: int, data: bytes) -> None:
        ctypes.memmove(self._address() + ptr, data, len(data))

    def read_bytes(self, ptr: int, size: int) -> bytes:
        return ctypes.string_at(self._address() + ptr, size)

    def _address(self) -> int:
        return ctypes.addressof(self.memory.data_ptr().contents)


def service() -> ZetaSqlLocalService:
    """One service per process, put where the library looks for its own."""
    if not hasattr(ZetaSqlLocalService, "_instance"):
        instance = ZetaSqlLocalService.__new__(ZetaSqlLocalService)
        instance.wasm_client = CachedClient(get_wasm_path())
        ZetaSqlLocalService._instance = instance
    return ZetaSqlLocalService._instance

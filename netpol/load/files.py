"""Where manifests stand: in files, folders, standard input, lists."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from netpol.load.documents import parse_documents
from netpol.load.yaml_reader import MalformedDocumentError
from netpol.parse import Json

STDIN = "-"
_MAX_BYTES = 256 << 20
"""Bytes of a file: ten thousand pods as kubectl prints them are a third of it."""
_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class FileManifest:
    """An object and the file that it stands in."""

    file: str
    json: Json


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Why a file, or a document of it, holds no manifest."""

    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


def find_manifests(paths: Sequence[str], stdin: BinaryIO) -> Iterator[FileManifest | FileProblem]:
    """The objects in files, in folders with all that is below them, and in `-`, standard input.

    A file that is meant twice is read once. A list counts as its items. A problem with one file
    does not keep the others from being read.
    """
    files: dict[Path, str] = {}
    for path in dict.fromkeys(paths):
        if path == STDIN:
            yield from _find_in_file(path, stdin)
        elif Path(path).is_dir():
            held = list_manifest_files(Path(path))
            files |= {file.resolve(): str(file) for file in held if file.resolve() not in files}
            if not held:
                yield FileProblem(path, f"is a folder without any {' or '.join(_SUFFIXES)} file")
        else:
            files.setdefault(Path(path).resolve(), path)
    for name in files.values():
        try:
            with Path(name).open("rb") as file:
                yield from _find_in_file(name, file)
        except OSError as error:
            yield FileProblem(name, f"cannot be read: {error.strerror}")


def find_in_text(name: str, text: str) -> Iterator[FileManifest | FileProblem]:
    """The objects in a text that stands in no file; `name` is what to call it."""
    return _find_in_file(name, BytesIO(text.encode(errors="replace")))


def list_manifest_files(folder: Path) -> list[Path]:
    """The files of a folder that may hold manifests, in the order in which they are read."""
    return sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())


def _find_in_file(name: str, file: BinaryIO) -> Iterator[FileManifest | FileProblem]:
    content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        yield FileProblem(name, f"is larger than {_MAX_BYTES >> 20} MiB")
        return
    if name == STDIN and not content.strip():
        yield FileProblem(name, "standard input is empty; did the command that writes it fail?")
        return
    try:
        for number, document in enumerate(
            parse_documents(content, json_only=name.endswith(".json")), 1
        ):
            yield from _unpack_document(name, f"document {number}", document)
    except MalformedDocumentError as error:
        yield FileProblem(name, str(error))


def _unpack_document(file: str, place: str, document: Any) -> Iterator[FileManifest | FileProblem]:
    """The object, or the items of a list; those of a `PodList` need not say that they are pods."""
    match document:
        case None:
            return
        case {"kind": str(kind), "items": list(items)} if kind.endswith("List"):
            known = {"apiVersion": document.get("apiVersion"), "kind": kind.removesuffix("List")}
            for index, item in enumerate(items):
                typed = {**known, **item} if isinstance(item, dict) and known["kind"] else item
                yield from _unpack_document(file, f"{place}, items[{index}]", typed)
        case {"kind": str(kind), "items": None} if kind.endswith("List"):
            return
        case {"kind": str(kind), "items": _} if kind.endswith("List"):
            yield FileProblem(file, f"{place}: items must be a list")
        case dict():
            yield FileManifest(file, document)
        case _:
            yield FileProblem(file, f"{place} is no Kubernetes object")

"""`file.py:attribute`: how a user names a thing of their own, a task or a rule."""

import hashlib
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from surefoot.errors import UserError, did_you_mean


def is_reference(text: str) -> bool:
    """Whether a text names a file and an attribute (`file.py:name`) rather than something built in.

    >>> is_reference("mine.py:rule"), is_reference("adam")
    (True, False)
    """
    path, colon, _ = text.rpartition(":")
    return bool(colon) and path.endswith(".py")


def load(reference: str) -> object:
    """The attribute that `file.py:attribute` names, found by running the file once, with its own folder importable.

    Raises:
        UserError: if the file is missing, does not import, or has no such attribute.
    """
    text, _, attribute = reference.rpartition(":")
    path = Path(text).resolve()
    if not path.is_file():
        raise UserError(f"{reference}: there is no file {text}; give an existing file.py:attribute")
    name = f"surefoot_user_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    module = sys.modules.get(name) or _run(path, name, reference)
    try:
        return getattr(module, attribute)
    except AttributeError:
        public = [n for n, value in vars(module).items() if not n.startswith("_") and _is_of(value, name)]
        raise UserError(f"{reference}: {path.name} has no {attribute!r}; {did_you_mean(attribute, public)}") from None


def _run(path: Path, name: str, reference: str) -> object:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    folder = str(path.parent)
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, KeyboardInterrupt):
            raise
        raise UserError(f"{reference}: the file does not import: {_summary(error, path)}") from error
    finally:
        sys.path.remove(folder)
    return module


def _is_of(value: object, module: str) -> bool:
    """Whether a name was given to this in the module itself, as far as can be told, not imported."""
    is_module = isinstance(value, ModuleType)
    return not is_module and not (callable(value) and getattr(value, "__module__", module) != module)


def _summary(error: BaseException, path: Path) -> str:
    """What stopped a file, in one line, with the line of the file."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg} (line {error.lineno})"
    text = (str(error).splitlines() or [""])[0]
    said = text if isinstance(error, UserError) else f"{type(error).__name__}: {text}".removesuffix(": ")
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f"{said} (line {lines[-1]})" if lines else said

"""Runs one call of a skill inside Pyodide.

Values cross in two parts: a JSON text, and a list of slots for what JSON
cannot hold or holds too slowly. A slot is a path into the value, a kind and
the data. Lists stay lists and typed arrays stay typed: `Float64Array` is
`array('d')` here, `Uint8Array` is `bytes`, and `{re, im}` is a `complex`.
"""

import array
import inspect
import json
import linecache
import random
import sys
import traceback

LIST_PACKED_FROM = 32
DEPTH_LIMIT = 200
SAFE_INTEGER = 2**53 - 1
ARRAY_KINDS = frozenset("bBhHiIlLqQfd")
PLAIN = frozenset({str, bool, type(None)})
NUMBERS = frozenset({int, float, complex})
# Modules whose package has another name, and packages that only a distribution has for the browser.
PACKAGES = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "flint": "python-flint",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
COMPILED = frozenset({"numpy", "scipy", "pandas", "matplotlib", "scikit-learn", "pillow", "scikit-image"})

# Taken before any skill runs: skills of the system volume share an interpreter.
_dumps, _loads, _seed = json.dumps, json.loads, random.seed

_compiled = {}


class OutputError(Exception):
    """What a skill returned cannot be handed on."""

    def __init__(self, message, hint):
        super().__init__(message)
        self.hint = hint


def call(code_id, code, file, text, slots):
    """Calls `execute` of a skill; a coroutine when `execute` is one."""
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    _seed()
    try:
        namespace = {"__name__": file.removesuffix(".py"), "__file__": file, "__builtins__": __builtins__}
        exec(_compile(code_id, code, file), namespace)
        execute = namespace.get("execute")
        if not callable(execute):
            return _error("exception", "the code defines no function `execute`", "write `def execute(inputs):`")
        result = execute(_unpack(text, slots))
        if inspect.isawaitable(result):
            return _later(result, file)
        return _finish(result)
    except BaseException as error:
        return _explain(error, file)
    finally:
        _flush()


async def _later(awaitable, file):
    try:
        return _finish(await awaitable)
    except BaseException as error:
        return _explain(error, file)
    finally:
        _flush()


def _compile(code_id, code, file):
    known = _compiled.get(code_id)
    if known is None:
        lines = code.splitlines(keepends=True)
        linecache.cache[file] = (len(code), None, lines, file)
        known = _compiled[code_id] = compile(code, file, "exec", dont_inherit=True)
    return known


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # the skill may have replaced or closed it
            pass


# Values in


def _unpack(text, slots):
    root = _loads(text)
    for path, kind, data in slots:
        place = root
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = _restore(kind, data)
    return root


def _restore(kind, data):
    if kind == "float":
        return float(data)
    if kind == "bigint":
        return int(data)
    if kind == "bytes":
        return data.to_bytes()
    if kind == "ints":
        return list(map(int, _typed("d", data)))
    if kind == "floats":
        return _typed("d", data).tolist()
    if kind == "complex":
        return complex(*_typed("d", data))
    if kind == "complexes":
        pairs = _typed("d", data)
        return list(map(complex, pairs[0::2], pairs[1::2]))
    return _typed(kind, data)


def _typed(code, data):
    values = array.array(code)
    values.frombytes(data.to_bytes())
    return values


# Values out


def _finish(result):
    if not isinstance(result, dict):
        shown = "nothing" if result is None else f"a value of type `{type(result).__name__}`"
        raise OutputError(f"`execute` returned {shown}, not a dict of outputs", "return a dict with one entry per output")
    slots = []
    plain = {str(name): _pack(value, (str(name),), slots) for name, value in result.items()}
    text = _dumps(plain, allow_nan=False, check_circular=False, separators=(",", ":"))
    paths = _dumps([[path, kind] for path, kind, _ in slots])
    return {"text": text, "paths": paths, "data": [data for _, _, data in slots]}


def _pack(value, path, slots):
    kind = type(value)
    if kind in PLAIN:
        return value
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        if -SAFE_INTEGER <= value <= SAFE_INTEGER:
            return int(value)
        return _slot(slots, path, "bigint", str(int(value)))
    if isinstance(value, float):
        if value - value == 0.0:
            return float(value)
        return _slot(slots, path, "float", str(float(value)))
    if len(path) > DEPTH_LIMIT:
        raise OutputError(
            f"output {_show(path[:1])} is nested too deep or contains itself",
            f"return a value of at most {DEPTH_LIMIT} levels",
        )
    if isinstance(value, complex):
        return {"re": _pack(value.real, (*path, "re"), slots), "im": _pack(value.imag, (*path, "im"), slots)}
    if isinstance(value, dict):
        return _pack_dict(value, path, slots)
    if isinstance(value, (list, tuple)):
        return _pack_list(value, path, slots)
    if isinstance(value, (bytes, bytearray)):
        return _slot(slots, path, "bytes", bytes(value))
    if isinstance(value, array.array) and value.typecode in ARRAY_KINDS:
        return _slot(slots, path, "typed", value)
    if isinstance(value, memoryview):
        return _pack_block(value, value.format, value.ndim, path, slots)
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        return _pack_block(value, value.dtype.char, value.ndim, path, slots)
    raise OutputError(
        f"output {_show(path)} is of type `{kind.__name__}`, which cannot be handed to another node",
        _hint_for_type(kind),
    )


def _pack_dict(value, path, slots):
    plain = {}
    for name, item in value.items():
        key = _key(name, path)
        if key in plain:
            raise OutputError(f"output {_show(path)} has two keys that are `{key}` as text", "use text as keys")
        plain[key] = _pack(item, (*path, key), slots)
    return plain


def _pack_block(value, code, dimensions, path, slots):
    """A memoryview, or an array or a number of numpy."""
    if dimensions == 1 and code in ("B", "c"):
        return _slot(slots, path, "bytes", value.tobytes())
    if dimensions == 1 and code in ARRAY_KINDS:
        return _slot(slots, path, "typed", array.array(code, value.tobytes()))
    if code in ARRAY_KINDS or code in "?BFDU":
        return _pack(value.tolist(), path, slots)
    raise OutputError(
        f"output {_show(path)} holds items of the form `{code}`, which cannot be handed to another node",
        'convert it first, as in `astype("float64")`',
    )


def _pack_list(values, path, slots):
    kinds = set(map(type, values))
    if kinds <= PLAIN:
        return values
    if complex in kinds and kinds <= NUMBERS and not any(type(value) is int and abs(value) > SAFE_INTEGER for value in values):
        parts = {"re": [float(value.real) for value in values], "im": [float(value.imag) for value in values]}
        return {name: _pack_list(part, (*path, name), slots) for name, part in parts.items()}
    if len(values) >= LIST_PACKED_FROM:
        if kinds == {float}:
            return _slot(slots, path, "floats", array.array("d", values))
        if kinds == {int} and -SAFE_INTEGER <= min(values) and max(values) <= SAFE_INTEGER:
            return _slot(slots, path, "ints", array.array("d", values))
    return [_pack(item, (*path, index), slots) for index, item in enumerate(values)]


def _slot(slots, path, kind, data):
    slots.append((path, kind, data))
    return None


def _key(name, path):
    if isinstance(name, str):
        return str(name)
    if isinstance(name, (bool, int, float)) or name is None:
        return _dumps(name)
    raise OutputError(
        f"output {_show(path)} has a dict key of type `{type(name).__name__}`",
        "use text as keys",
    )


def _show(path):
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[1:])
    return f"`{path[0]}{''.join(steps)}`"


def _hint_for_type(kind):
    if kind in (set, frozenset):
        return "return `sorted(...)` or `list(...)` of it"
    if inspect.isgenerator(kind) or kind.__name__ in ("generator", "map", "filter", "zip", "range"):
        return "return `list(...)` of it"
    if kind.__name__ in ("date", "datetime", "time"):
        return "return its `isoformat()`"
    if kind.__name__ in ("Decimal", "Fraction"):
        return "return `float(...)` or `str(...)` of it"
    if kind.__name__ in ("DataFrame", "Series"):
        return 'return `{"columns": [{"name": name, "values": list(frame[name])} for name in frame]}`'
    if hasattr(kind, "__dataclass_fields__"):
        return "return `dataclasses.asdict(...)` of it"
    return "return numbers, text, booleans, lists, dicts, bytes and `array.array`"


# Errors


def _error(kind, message, hint=None):
    return {"kind": kind, "message": message, "hint": hint}


def _explain(error, file):
    if isinstance(error, OutputError):
        return _error("output", str(error), error.hint)
    message = _describe(error, file)
    seen = {id(error)}
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        message += f"\ncaused by {_describe(cause, file)}"
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    if isinstance(error, MemoryError):
        return _error("memory", message, "work on less at a time, or give the skill a larger `memory_mb`")
    return _error("exception", message, _hint_for(error))


def _describe(error, file):
    """The error in one line, then the lines of the skill that led to it."""
    *details, summary = "".join(traceback.format_exception_only(error)).rstrip().split("\n")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return "\n".join([summary, *details, *"".join(traceback.format_list(frames)).rstrip().split("\n")]).rstrip()


def _hint_for(error):
    if isinstance(error, ModuleNotFoundError):
        return _hint_for_module((error.name or "").partition(".")[0])
    if isinstance(error, ValueError) and str(error).startswith(("Can't find a pure Python 3 wheel", "Can't fetch metadata")):
        return "only packages of the package cache can be installed: run `llmos packages add NAME`, then run again"
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return "there are no threads in the browser: put independent work into nodes of their own, these run in parallel"
    if isinstance(error, RuntimeError) and "stack switching" in str(error):
        return "write `async def execute(inputs):` and `await` in it; `asyncio.run` cannot wait in the browser"
    if isinstance(error, OSError) and error.errno == 138:
        return "there are no processes and no network in the browser"
    return None


def _hint_for_module(module):
    if module.startswith("qiskit"):
        return (
            "Qiskit cannot be loaded in the browser: its simulator is compiled code that has no WebAssembly build; "
            "write the circuit as an `openqasm` skill, or take the state-vector skills of the library"
        )
    package = PACKAGES.get(module, module.replace("_", "-").lower())
    add = f"run `llmos packages add {package}`, then run again"
    if package in COMPILED:
        return f"{add}; it comes from a Pyodide distribution. Without it, use `math`, `cmath`, `array` and lists"
    return f"{add}; or check the spelling"

# Runs one skill: reads a call from standard input, writes its answer to standard output.
import array, base64, io, json, math, os, sys, time, traceback

# Without the folders that were added to those of the interpreter.
sys.path[:] = json.loads(sys.argv[1])

MAX_LOG_CHARS = 1_000_000


class Lines(io.TextIOBase):
    def __init__(self, stream, log, began):
        self.stream, self.log, self.began, self.rest, self.left = stream, log, began, "", MAX_LOG_CHARS

    def writable(self):
        return True

    def write(self, text):
        self.rest += text[: self.left]
        self.left -= len(text[: self.left])
        *lines, self.rest = self.rest.split("\n")
        at = (time.perf_counter() - self.began) * 1000
        self.log.extend({"at_ms": at, "stream": self.stream, "text": line} for line in lines)
        return len(text)

    def close_line(self):
        if self.rest:
            self.write("\n")


def decode(value):
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), = value.items()
        if key == "$number":
            return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "-0": -0.0}[inner]
        if key == "$bigint":
            return int(inner)
        if key == "$bytes":
            return base64.b64decode(inner)
        if key == "$omitted":
            raise ValueError("an input is too large to be sent to the server")
        if key == "$value":
            return {name: decode(item) for name, item in inner.items()}
    return {name: decode(item) for name, item in value.items()}


def encode(value, path, depth=0):
    if depth > 100:
        raise TypeError(f"output `{path}` is nested too deep or contains itself")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"$bigint": str(value)}
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return {"$number": "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, complex):
        return {"re": encode(value.real, path), "im": encode(value.imag, path)}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, (list, tuple, array.array)):
        return [encode(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)]
    if isinstance(value, dict):
        for name in value:
            if not isinstance(name, (str, int, float, bool)):
                raise TypeError(f"output `{path}` has a dict key of type `{type(name).__name__}`")
        encoded = {str(name): encode(item, f"{path}.{name}", depth + 1) for name, item in value.items()}
        return {"$value": encoded} if len(encoded) == 1 and next(iter(encoded)).startswith("$") else encoded
    if hasattr(value, "tolist"):
        return encode(value.tolist(), path, depth + 1)
    raise TypeError(f"output `{path}` is of type `{type(value).__name__}`, which cannot be handed to another node")


def explain(error, file):
    summary = "".join(traceback.format_exception_only(error)).strip()
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    places = [f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}' for frame in frames]
    return "\n".join([summary, *places])


def run(call, log, began):
    try:
        namespace = {"__name__": "skill"}
        exec(compile(call["code"], call["file"], "exec"), namespace)
        execute = namespace.get("execute")
        if not callable(execute):
            return {"kind": "exception", "message": "the code defines no function `execute`"}
        given = execute({name: decode(value) for name, value in call["inputs"].items()})
        if not isinstance(given, dict):
            message = f"`execute` returned a value of type `{type(given).__name__}`, not a dict of outputs"
            return {"kind": "output", "message": message}
    except MemoryError:
        return {"kind": "memory", "message": f"over the memory limit of {call['memory_mb']} MB"}
    except BaseException as error:
        return {"kind": "exception", "message": explain(error, call["file"])}
    try:
        return {"outputs": {str(name): encode(value, str(name)) for name, value in given.items()}}
    except TypeError as error:
        return {"kind": "output", "message": str(error)}
    except MemoryError:
        return {"kind": "memory", "message": f"over the memory limit of {call['memory_mb']} MB"}


def main():
    call = json.loads(sys.stdin.buffer.read())
    import linecache

    lines = call["code"].splitlines(keepends=True)
    linecache.cache[call["file"]] = (len(call["code"]), None, lines, call["file"])
    answer_to = os.dup(1)
    log, began = [], time.perf_counter()
    out, err = Lines("stdout", log, began), Lines("stderr", log, began)
    sys.stdout, sys.stderr = out, err
    answer = run(call, log, began)
    out.close_line()
    err.close_line()
    answer["logs"] = log
    answer["duration_ms"] = (time.perf_counter() - began) * 1000
    data = json.dumps(answer).encode()
    while data:
        data = data[os.write(answer_to, data) :]
    os._exit(0)


main()

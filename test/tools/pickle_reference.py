"""What CPython says about pickles: one JSON line for each file named on standard input.

opcodes: pickletools.genops of the first pickle, up to its first error.
c, python: the outcome of the two unpicklers. Nothing is imported: find_class gives stubs.
"""
import hashlib
import io
import json
import pickle
import pickletools
import struct
import sys
import _compat_pickle


def shape(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", hex(value)]
    if isinstance(value, float):
        return ["float", struct.pack(">d", value).hex()]
    if isinstance(value, str):
        return ["str", hashlib.sha1(value.encode("utf-8", "surrogatepass")).hexdigest()]
    return ["bytes", len(value), hashlib.sha1(bytes(value)).hexdigest()]


def opcodes(data):
    found = []
    try:
        for op, arg, pos in pickletools.genops(data):
            found.append([op.name, pos, shape(arg)])
    except Exception as error:
        return found, str(error)
    return found, None


class Stub:
    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return Stub()

    def __setstate__(self, state):
        pass

    def __setitem__(self, key, value):
        pass

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def add(self, item):
        pass


def reader(base):
    class Reader(base):
        def __init__(self, data):
            super().__init__(io.BytesIO(data), encoding="latin1")
            self.imports = []

        def find_class(self, module, name):
            self.imports.append([module, name])
            return type("Named", (Stub,), {})

        def persistent_load(self, pid):
            return Stub()

    return Reader


READERS = {"c": reader(pickle.Unpickler), "python": reader(pickle._Unpickler)}


def outcome(kind, data):
    unpickler = READERS[kind](data)
    try:
        unpickler.load()
        error = None
    except BaseException as problem:
        error = f"{type(problem).__name__}: {problem}"[:200]
    return {"imports": unpickler.imports, "error": error}


sys.setrecursionlimit(10000)
print(json.dumps({"modules": _compat_pickle.IMPORT_MAPPING, "names": [[*a, *b] for a, b in _compat_pickle.NAME_MAPPING.items()]}))
for line in sys.stdin:
    with open(line.rstrip("\n"), "rb") as file:
        data = file.read()
    ops, error = opcodes(data)
    print(json.dumps({"opcodes": ops, "error": error, "c": outcome("c", data), "python": outcome("python", data)}))

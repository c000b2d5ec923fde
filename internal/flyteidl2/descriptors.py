"""Writes the descriptors of the installed `flyteidl2` package, with all they import, as a FileDescriptorSet."""

import importlib
import pkgutil
import sys

import flyteidl2
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

files = {}


def add(file):
    if file.name in files:
        return
    for imported in file.dependencies:
        add(imported)
    files[file.name] = FileDescriptorProto()
    file.CopyToProto(files[file.name])


for module in pkgutil.walk_packages(flyteidl2.__path__, "flyteidl2."):
    if module.name.endswith("_pb2"):
        add(importlib.import_module(module.name).DESCRIPTOR)

sys.stdout.buffer.write(FileDescriptorSet(file=files.values()).SerializeToString(deterministic=True))

"""Open a result file in every reader it promises (DESIGN section 4) and compare the values.

    open_result.py RESULT.h5 [RESULT.json]

The JSON form of the same result says what the values have to be; without it the readers are
compared with one another. Exit status 0: all agree; 1: they do not; 77: a reader is missing."""

import json
import shutil
import subprocess
import sys
import warnings

try:
    import h5netcdf  # noqa: F401
    import h5py
    import netCDF4
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(f"open_result.py: skipped: {missing}")
    sys.exit(77)
if shutil.which("ncdump") is None:
    print("open_result.py: skipped: no ncdump")
    sys.exit(77)

DERIVED = {"Conventions", "title", "source", "history"}


def same(a, b):
    """Equal values, NaN equal to NaN, texts as texts."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return False
    if a.dtype.kind in "fiu" and b.dtype.kind in "fiu":
        return bool(((a == b) | (np.isnan(a) & np.isnan(b))).all())
    return [str(x) for x in a.ravel()] == [str(x) for x in b.ravel()]


def with_xarray(path, engine):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with xr.open_dataset(path, engine=engine) as data:
            data.load()
            values = {str(k): (v.dims, v.values) for k, v in data.variables.items()}
            notes = {k: (v.attrs.get("units"), v.attrs.get("long_name"))
                     for k, v in data.variables.items()}
            attributes = dict(data.attrs)
            for name in data.data_vars:  # coordinates beside the dimension are found as such
                if "activity" in data[name].dims and "sector_name" in data.variables:
                    assert "sector_name" in data[name].coords, name
            data.to_dict()
    with h5py.File(path) as file:
        groups = [k for k, v in file.items() if isinstance(v, h5py.Group)]
    for group in groups:
        with xr.open_dataset(path, engine=engine, group=group) as data:
            attributes.update({f"{group}/{k}": v for k, v in data.attrs.items()})
    return values, notes, attributes


def walk_netcdf4(group, prefix, values, attributes):
    for k in group.ncattrs():
        attributes[prefix + k] = group.getncattr(k)
    for k, v in group.variables.items():
        data = v[...]
        values[prefix + k] = (v.dimensions, np.ma.filled(data, np.nan)
                              if np.ma.isMaskedArray(data) else data)
        assert "units" in v.ncattrs() and "long_name" in v.ncattrs(), k
    for k, v in group.groups.items():
        walk_netcdf4(v, f"{prefix}{k}/", values, attributes)


def with_netcdf4(path):
    values, attributes = {}, {}
    with netCDF4.Dataset(path) as data:
        walk_netcdf4(data, "", values, attributes)
        for name, dimension in data.dimensions.items():
            assert not dimension.isunlimited(), name
    return values, attributes


def with_h5py(path):
    values = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            text = h5py.check_string_dtype(item.dtype) is not None
            if item.ndim and item.attrs.get("CLASS") != b"DIMENSION_SCALE":
                dims = tuple(d[0].name.split("/")[-1] for d in item.dims)
            else:
                dims = (name,) if item.ndim else ()
            values[name] = (dims, item.asstr()[()] if text else item[()])

    with h5py.File(path) as file:
        file.visititems(visit)
        bare = [k for k, v in file.items() if isinstance(v, h5py.Dataset) and
                v.attrs.get("NAME", b"").startswith(b"This is a netCDF dimension but")]
    return {k: v for k, v in values.items() if k not in bare}


def expected(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    values = {}
    for part in ("coords", "data_vars"):
        for name, variable in data[part].items():
            number = name not in data["coords"] or name == "year"
            values[name] = (tuple(variable["dims"]),
                            np.array(variable["data"], dtype=float if number else object))
    xr.Dataset.from_dict({k: data[k] for k in ("coords", "attrs", "dims", "data_vars")})
    return values, data["attrs"]


def compare(name, values, reference, problems, groups=True):
    for key, (dims, value) in reference.items():
        if "/" in key and not groups:
            continue
        if key not in values:
            problems.append(f"{name}: no '{key}'")
        elif tuple(values[key][0]) != tuple(dims):
            problems.append(f"{name}: '{key}' over {values[key][0]}, not {dims}")
        elif not same(values[key][1], value):
            problems.append(f"{name}: '{key}' has other values")


def main(path, reference_path=None):
    problems = []
    reference, attributes = with_netcdf4(path)
    if reference_path is not None:
        wanted, wanted_attributes = expected(reference_path)
        compare("netCDF4", reference, wanted, problems)
        if set(reference) - set(wanted):
            problems.append(f"netCDF4: also has {set(reference) - set(wanted)}")
        for key, value in wanted_attributes.items():
            if key.startswith("certificate/"):  # figures are kept as numbers
                value = float(value) if value.replace(".", "").isdigit() else value
            if attributes.get(key) != value:
                problems.append(f"netCDF4: attribute '{key}' is {attributes.get(key)!r:.80}")
        reference = wanted
    for engine in ("netcdf4", "h5netcdf"):
        values, notes, found = with_xarray(path, engine)
        compare(f"xarray/{engine}", values, reference, problems, groups=False)
        problems += [f"xarray/{engine}: '{k}' lacks units or long_name"
                     for k, v in notes.items() if None in v]
        for key, value in attributes.items():
            if key.count("/") < 2 and found.get(key) != value:
                problems.append(f"xarray/{engine}: attribute '{key}' is {found.get(key)!r:.80}")
    compare("h5py", with_h5py(path), reference, problems)
    if not DERIVED <= set(attributes):
        problems.append(f"root attributes missing: {DERIVED - set(attributes)}")
    dump = subprocess.run(["ncdump", path], capture_output=True, text=True, check=False)
    if dump.returncode != 0 or dump.stderr:
        problems.append(f"ncdump: status {dump.returncode}: {dump.stderr[:200]}")
    for key in reference:
        if f" {key.split('/')[-1].replace(' ', chr(92) + ' ')}" not in dump.stdout:
            problems.append(f"ncdump: does not show '{key}'")
    for problem in problems:
        print(f"open_result.py: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

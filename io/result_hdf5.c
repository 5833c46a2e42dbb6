/* result_hdf5.c - a result as one netCDF-4 file, written and read with HDF5 alone.
 *
 * netCDF-4 is HDF5 with dimension scales: a dimension is a dataset with CLASS and NAME (its
 * labels, or an empty one), every other variable points to its dimensions by DIMENSION_LIST, and
 * the dimension points back by REFERENCE_LIST (HDF5 Dimension Scale Specification 1.0;
 * _Netcdf4Dimid keeps their order). Names with a '/' lie in groups. */
#include "hdf5.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char NO_VARIABLE[] = "This is a netCDF dimension but not a netCDF variable.";
enum { MAX_SCALES = 64 };

/* What xarray would turn from numbers into time spans; "1 hours" is the same unit to UDUNITS. */
static const char *const spans[] = {"days",         "hours",        "minutes",    "seconds",
                                    "milliseconds", "microseconds", "nanoseconds"};

/* Derived for the file, so not part of the container. */
static const char *const derived[] = {"Conventions", "source", "history", "_NCProperties"};
/* What differs between two runs of the same study. */
static const char *const changing[] = {"provenance/end", "provenance/host", "provenance/threads"};

static bool is_in(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, list[i]) == 0) {
            return true;
        }
    }
    return false;
}
#define IS_IN(name, list) is_in((name), (list), sizeof(list) / sizeof(list)[0])

bool wio_h5_is_span(const char *units)
{
    return IS_IN(units, spans);
}

bool wio_h5_is_derived(const char *attribute)
{
    return IS_IN(attribute, derived);
}

/* "/" + name, and the group it lies in ("/" or "/provenance"). */
typedef struct place {
    char *path, *group;
    const char *name; /* inside path */
} place;

static void place_free(place *at)
{
    wio_free(at->path);
    wio_free(at->group);
}

static void locate(place *at, wio_h5 *h5, const char *name)
{
    wio_text path = {0};
    *at = (place){.name = ""};
    wio_text_add(&path, "/%s", name);
    if (wio_text_take(&at->path, &path, NULL) == WIO_OK) {
        char *slash = strrchr(at->path, '/');
        at->name = slash + 1;
        at->group = wio_strndup(at->path, slash == at->path ? 1 : (size_t)(slash - at->path));
    }
    if (at->group == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for the name '%s'", name);
    }
}

/* --- writing: variables --------------------------------------------------------------------------- */

/* The text variables that describe a dimension of v, for the attribute CF calls "coordinates". */
static void put_coordinates(wio_h5 *h5, const char *path, const wio_result *result,
                            const wio_variable *v)
{
    wio_text list = {0};
    for (size_t i = 0; i < wio_result_variables(result); i++) {
        const wio_variable *t = wio_result_variable(result, i);
        bool describes = t->text != NULL && strcmp(t->name, t->dimension[0]) != 0 &&
                         strpbrk(t->name, " /") == NULL;
        for (size_t d = 0; describes && d < v->rank; d++) {
            if (strcmp(v->dimension[d], t->dimension[0]) == 0) {
                wio_text_add(&list, "%s%s", list.length != 0 ? " " : "", t->name);
            }
        }
    }
    if (list.failed) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", v->name);
    } else if (list.length != 0) {
        wio_h5_put_text(h5, path, "coordinates", list.data);
    }
    wio_text_free(&list);
}

static bool is_scale(const wio_variable *v)
{
    return v->rank == 1 && strcmp(v->name, v->dimension[0]) == 0;
}

/* Years and other whole numbers along an axis: readers should see 2026 and not 2.026e+03. */
static void put_axis(wio_h5 *h5, const char *path, const wio_variable *v)
{
    size_t *whole = wio_alloc(v->length[0], sizeof *whole);
    bool all = whole != NULL;
    for (size_t i = 0; all && i < v->length[0]; i++) {
        all = v->data[i] >= 0.0 && v->data[i] < 0x1p53 && v->data[i] == floor(v->data[i]);
        whole[i] = all ? (size_t)v->data[i] : 0;
    }
    if (whole == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", v->name);
    } else if (all) {
        wio_h5_put_sizes(h5, path, v->length[0], whole);
    } else {
        wio_h5_put_doubles(h5, path, 1, v->length, v->data);
    }
    wio_free(whole);
}

static void put_variable(wio_h5 *h5, const wio_result *result, const wio_variable *v)
{
    place at;
    char span[32] = "1 ";
    locate(&at, h5, v->name);
    if (h5->status == WIO_OK) {
        wio_h5_put_group(h5, at.group);
        if (v->text != NULL) {
            wio_h5_put_texts(h5, at.path, v->length[0], v->text);
        } else if (is_scale(v)) {
            put_axis(h5, at.path, v);
        } else {
            wio_h5_put_doubles(h5, at.path, v->rank, v->length, v->data);
        }
        if (wio_h5_is_span(v->units)) {
            (void)snprintf(span, sizeof span, "1 %.24s", v->units);
        }
        wio_h5_put_text(h5, at.path, "units", span[2] != '\0' ? span : v->units);
        wio_h5_put_text(h5, at.path, "long_name", v->long_name);
        if (v->data != NULL && !is_scale(v)) {
            wio_h5_put_number(h5, at.path, "_FillValue", H5T_IEEE_F64LE, NAN);
            put_coordinates(h5, at.path, result, v);
        }
    }
    place_free(&at);
}

/* --- writing: dimensions --------------------------------------------------------------------------- */

/* A dimension without labels is a dataset of nothing in particular, as netCDF itself writes it. */
static void put_bare_dimension(wio_h5 *h5, const char *path, size_t length)
{
    hsize_t extent = length;
    hid_t space = WIO_H5(h5, H5Screate_simple(1, &extent, NULL));
    hid_t creation = WIO_H5(h5, H5Pcreate(H5P_DATASET_CREATE));
    (void)WIO_H5(h5, H5Pset_obj_track_times(creation, 0));
    (void)WIO_H5(
        h5, H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
    if (h5->status == WIO_OK) {
        hid_t dataset = WIO_H5(h5, H5Dcreate2(h5->file, path, H5T_IEEE_F32BE, space, H5P_DEFAULT,
                                              creation, H5P_DEFAULT));
        (void)WIO_H5(h5, H5Dclose(dataset));
    }
    (void)WIO_H5(h5, H5Pclose(creation));
    (void)WIO_H5(h5, H5Sclose(space));
}

typedef struct back_reference { /* an element of REFERENCE_LIST */
    hobj_ref_t dataset;
    int dimension;
} back_reference;

/* DIMENSION_LIST[d] = a list of one reference, to the dataset of dimension d. */
static void put_dimension_list(wio_h5 *h5, const wio_variable *v)
{
    hobj_ref_t scale[WIO_H5_MAX_RANK];
    hvl_t list[WIO_H5_MAX_RANK];
    place at, to;
    locate(&at, h5, v->name);
    for (size_t d = 0; d < v->rank && h5->status == WIO_OK; d++) {
        locate(&to, h5, v->dimension[d]);
        if (h5->status == WIO_OK) {
            (void)WIO_H5(h5, H5Rcreate(&scale[d], h5->file, to.path, H5R_OBJECT, -1));
        }
        list[d] = (hvl_t){1, &scale[d]};
        place_free(&to);
    }
    if (h5->status == WIO_OK) {
        hsize_t rank = v->rank;
        hid_t type = WIO_H5(h5, H5Tvlen_create(H5T_STD_REF_OBJ));
        hid_t space = WIO_H5(h5, H5Screate_simple(1, &rank, NULL));
        hid_t id = WIO_H5(h5, H5Acreate_by_name(h5->file, at.path, "DIMENSION_LIST", type, space,
                                                H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        (void)WIO_H5(h5, H5Awrite(id, type, list));
        (void)WIO_H5(h5, H5Aclose(id));
        (void)WIO_H5(h5, H5Sclose(space));
        (void)WIO_H5(h5, H5Tclose(type));
    }
    place_free(&at);
}

static void write_reference_list(wio_h5 *h5, const char *path, const back_reference *list,
                                 size_t count)
{
    hsize_t extent = count;
    hid_t type = WIO_H5(h5, H5Tcreate(H5T_COMPOUND, sizeof *list));
    (void)WIO_H5(h5,
                 H5Tinsert(type, "dataset", offsetof(back_reference, dataset), H5T_STD_REF_OBJ));
    (void)WIO_H5(h5,
                 H5Tinsert(type, "dimension", offsetof(back_reference, dimension), H5T_NATIVE_INT));
    hid_t packed = WIO_H5(h5, H5Tcopy(type)); /* without the padding, whose bytes mean nothing */
    (void)WIO_H5(h5, H5Tpack(packed));
    hid_t space = WIO_H5(h5, H5Screate_simple(1, &extent, NULL));
    hid_t id = WIO_H5(h5, H5Acreate_by_name(h5->file, path, "REFERENCE_LIST", packed, space,
                                            H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    (void)WIO_H5(h5, H5Awrite(id, type, list));
    (void)WIO_H5(h5, H5Aclose(id));
    (void)WIO_H5(h5, H5Sclose(space));
    (void)WIO_H5(h5, H5Tclose(packed));
    (void)WIO_H5(h5, H5Tclose(type));
}

/* The variables over a dimension, each with the position the dimension has in it. */
static void put_reference_list(wio_h5 *h5, const wio_result *result, const char *dimension,
                               const char *path)
{
    enum { MAX_BYTES = 60000 }; /* an attribute of this form has to stay below 64 KiB */
    size_t count = 0, room = WIO_H5_MAX_RANK * wio_result_variables(result);
    back_reference *list = wio_zalloc(room, sizeof *list);
    if (list == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for dimension '%s'", dimension);
        return;
    }
    for (size_t i = 0; i < wio_result_variables(result) && h5->status == WIO_OK; i++) {
        const wio_variable *v = wio_result_variable(result, i);
        for (size_t d = 0; d < v->rank && !is_scale(v) && h5->status == WIO_OK; d++) {
            place at;
            if (strcmp(v->dimension[d], dimension) == 0) {
                locate(&at, h5, v->name);
                if (h5->status == WIO_OK) {
                    (void)WIO_H5(
                        h5, H5Rcreate(&list[count].dataset, h5->file, at.path, H5R_OBJECT, -1));
                }
                list[count++].dimension = (int)d;
                place_free(&at);
            }
        }
    }
    if (count != 0 && count * sizeof *list <= MAX_BYTES && h5->status == WIO_OK) {
        write_reference_list(h5, path, list, count);
    }
    wio_free(list);
}

static void put_scale(wio_h5 *h5, const wio_result *result, size_t index)
{
    char title[96];
    size_t length = 0;
    const char *name = wio_result_dimension_name(result, index, &length);
    bool bare = wio_result_find(result, name) == NULL;
    place at;
    locate(&at, h5, name);
    if (h5->status == WIO_OK) {
        (void)snprintf(title, sizeof title, "%s%10zu", NO_VARIABLE, length);
        wio_h5_put_fixed(h5, at.path, "CLASS", "DIMENSION_SCALE");
        wio_h5_put_fixed(h5, at.path, "NAME", bare ? title : name);
        wio_h5_put_number(h5, at.path, "_Netcdf4Dimid", H5T_STD_I32LE, (double)index);
        put_reference_list(h5, result, name, at.path);
    }
    place_free(&at);
}

static void put_variables(wio_h5 *h5, const wio_result *result)
{
    if (wio_result_dimensions(result) > MAX_SCALES) {
        (void)wio_h5_fail(h5, WIO_E_UNSUPPORTED, "more than %d dimensions", MAX_SCALES);
    }
    for (size_t i = 0; i < wio_result_dimensions(result) && h5->status == WIO_OK; i++) {
        size_t length = 0;
        place at;
        const char *name = wio_result_dimension_name(result, i, &length);
        locate(&at, h5, name);
        if (wio_result_find(result, name) == NULL && h5->status == WIO_OK) {
            put_bare_dimension(h5, at.path, length);
        }
        place_free(&at);
    }
    for (size_t i = 0; i < wio_result_variables(result) && h5->status == WIO_OK; i++) {
        put_variable(h5, result, wio_result_variable(result, i));
    }
    for (size_t i = 0; i < wio_result_dimensions(result) && h5->status == WIO_OK; i++) {
        put_scale(h5, result, i);
    }
    for (size_t i = 0; i < wio_result_variables(result) && h5->status == WIO_OK; i++) {
        const wio_variable *v = wio_result_variable(result, i);
        if (v->rank != 0 && !is_scale(v)) {
            put_dimension_list(h5, v);
        }
    }
}

/* --- writing: attributes ----------------------------------------------------------------------------- */

/* CF: a line with a date for each program that made the file what it is. */
static void put_history(wio_h5 *h5, const wio_result *result, bool reproducible)
{
    const char *end = reproducible ? NULL : wio_result_attribute(result, "provenance/end");
    const char *command = wio_result_attribute(result, "command");
    wio_text text = {0};
    wio_text_add(&text, "%s%swassily %s", end != NULL ? end : "", end != NULL ? ": " : "",
                 command != NULL ? command : "run");
    if (text.failed) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for its history");
    } else {
        wio_h5_put_text(h5, "/", "history", text.data);
    }
    wio_text_free(&text);
}

/* The figures of the certificate are kept as numbers: the text is their shortest form. */
static void put_attribute(wio_h5 *h5, const place *at, const char *value)
{
    double number;
    if (strcmp(at->group, "/certificate") == 0 && wio_parse_double(&number, value, strlen(value))) {
        wio_h5_put_number(h5, at->group, at->name, H5T_IEEE_F64LE, number);
    } else {
        wio_h5_put_text(h5, at->group, at->name, value);
    }
}

static void put_attributes(wio_h5 *h5, const wio_result *result, bool reproducible)
{
    wio_h5_put_text(h5, "/", "Conventions", "CF-1.8");
    if (wio_result_attribute(result, "title") == NULL) {
        wio_h5_put_text(h5, "/", "title", "");
    }
    wio_h5_put_text(h5, "/", "source", "Wassily " WIO_VERSION ", input-output engine");
    put_history(h5, result, reproducible);
    for (size_t i = 0; i < wio_result_attributes(result) && h5->status == WIO_OK; i++) {
        const char *value = NULL, *name = wio_result_attribute_at(result, i, &value);
        if (wio_h5_is_derived(name) || (reproducible && IS_IN(name, changing))) {
            continue;
        }
        place at;
        locate(&at, h5, name);
        if (h5->status == WIO_OK) {
            wio_h5_put_group(h5, at.group);
            put_attribute(h5, &at, value);
        }
        place_free(&at);
    }
}

wio_status wio_result_write(const wio_result *result, const char *path,
                            const wio_write_options *options, wio_error *err)
{
    if (result == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_result_write: NULL argument");
    }
    wio_h5 h5;
    WIO_TRY(wio_h5_create(&h5, path, err));
    put_attributes(&h5, result, options != NULL && options->reproducible);
    put_variables(&h5, result);
    return wio_h5_commit(&h5, options != NULL && options->overwrite);
}

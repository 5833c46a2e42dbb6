/* result_hdf5_read.c - a result file back into the container (see result_hdf5.c for its form). */
#include "hdf5.h"

#include <string.h>

enum { MAX_SCALES = 64 };

typedef struct scale { /* a dimension as the file keeps it */
    const wio_h5_item *item;
    hobj_ref_t reference; /* the object's address, the same in every reference to it */
    double order;
    bool bare; /* no variable */
} scale;

typedef struct reader {
    wio_h5 h5;
    wio_result *result;
    scale scale[MAX_SCALES];
    size_t scales;
    wio_error *err;
} reader;

static bool attribute_starts(wio_h5 *h5, const char *path, const char *attribute, const char *with)
{
    if (!wio_h5_has_attribute(h5, path, attribute)) {
        return false;
    }
    char *text = wio_h5_text(h5, path, attribute);
    bool starts = text != NULL && strncmp(text, with, strlen(with)) == 0;
    wio_free(text);
    return starts;
}

static void find_scale(reader *in, const wio_h5_item *item)
{
    wio_h5 *h5 = &in->h5;
    if (!attribute_starts(h5, item->path, "CLASS", "DIMENSION_SCALE") || h5->status != WIO_OK) {
        return;
    }
    if (in->scales == MAX_SCALES || item->rank != 1) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "'%s' is one dimension too many", item->path);
        return;
    }
    scale *s = &in->scale[in->scales];
    *s = (scale){.item = item, .order = (double)in->scales};
    in->scales++;
    s->bare = attribute_starts(h5, item->path, "NAME", "This is a netCDF dimension but not");
    if (wio_h5_has_attribute(h5, item->path, "_Netcdf4Dimid")) {
        s->order = wio_h5_number(h5, item->path, "_Netcdf4Dimid");
    }
    if (h5->status == WIO_OK) {
        (void)WIO_H5(h5, H5Rcreate(&s->reference, h5->file, item->path, H5R_OBJECT, -1));
    }
}

static void sort_scales(reader *in)
{
    for (size_t i = 1; i < in->scales; i++) {
        scale moving = in->scale[i];
        size_t at = i;
        for (; at > 0 && in->scale[at - 1].order > moving.order; at--) {
            in->scale[at] = in->scale[at - 1];
        }
        in->scale[at] = moving;
    }
}

static wio_status read_dimensions(reader *in)
{
    wio_h5 *h5 = &in->h5;
    for (size_t i = 0; i < h5->items && h5->status == WIO_OK; i++) {
        if (h5->item[i].attribute == NULL && !h5->item[i].group) {
            find_scale(in, &h5->item[i]);
        }
    }
    sort_scales(in);
    for (size_t i = 0; i < in->scales && h5->status == WIO_OK; i++) {
        const wio_h5_item *item = in->scale[i].item;
        h5->status =
            wio_result_dimension(in->result, item->path + 1, item->dims[0], NULL, "", in->err);
    }
    return h5->status;
}

/* "scenario,activity" from the references of DIMENSION_LIST, which have to fit the extents. */
static void name_dimensions(reader *in, wio_text *names, const wio_h5_item *item,
                            const hvl_t *reference)
{
    for (size_t d = 0; d < item->rank; d++) {
        const scale *found = NULL;
        for (size_t i = 0; i < in->scales && reference[d].len >= 1; i++) {
            if (memcmp(&in->scale[i].reference, reference[d].p, sizeof(hobj_ref_t)) == 0) {
                found = &in->scale[i];
            }
        }
        if (found == NULL || found->item->dims[0] != item->dims[d]) {
            (void)wio_h5_fail(&in->h5, WIO_E_FORMAT, "dimension %zu of '%s' has no name", d,
                              item->path);
            return;
        }
        wio_text_add(names, "%s%s", d > 0 ? "," : "", found->item->path + 1);
    }
}

static void read_dimension_list(reader *in, wio_text *names, const wio_h5_item *item)
{
    wio_h5 *h5 = &in->h5;
    hvl_t reference[WIO_H5_MAX_RANK] = {{0, NULL}};
    hid_t id = WIO_H5(
        h5, H5Aopen_by_name(h5->file, item->path, "DIMENSION_LIST", H5P_DEFAULT, H5P_DEFAULT));
    hid_t stored = WIO_H5(h5, H5Aget_type(id));
    hid_t space = WIO_H5(h5, H5Aget_space(id));
    hid_t type = WIO_H5(h5, H5Tvlen_create(H5T_STD_REF_OBJ));
    if (h5->status == WIO_OK &&
        (WIO_H5(h5, H5Tequal(stored, type)) <= 0 ||
         WIO_H5(h5, H5Sget_simple_extent_npoints(space)) != (int64_t)item->rank)) {
        (void)wio_h5_fail(h5, WIO_E_FORMAT, "'%s' has a strange list of dimensions", item->path);
    }
    if (h5->status == WIO_OK) {
        (void)WIO_H5(h5, H5Aread(id, type, reference));
        if (h5->status == WIO_OK) {
            name_dimensions(in, names, item, reference);
        }
        (void)WIO_H5(h5, H5Dvlen_reclaim(type, space, H5P_DEFAULT, reference));
    }
    (void)WIO_H5(h5, H5Tclose(type));
    (void)WIO_H5(h5, H5Sclose(space));
    (void)WIO_H5(h5, H5Tclose(stored));
    (void)WIO_H5(h5, H5Aclose(id));
}

static char *text_or_empty(wio_h5 *h5, const char *path, const char *attribute)
{
    return wio_h5_has_attribute(h5, path, attribute) ? wio_h5_text(h5, path, attribute)
           : h5->status == WIO_OK                    ? wio_strdup("")
                                                     : NULL;
}

/* "1 hours" was written for "hours" (result_hdf5.c). */
static const char *plain_units(const char *units)
{
    // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): read whole, or the status says so
    return strncmp(units, "1 ", 2) == 0 && wio_h5_is_span(units + 2) ? units + 2 : units;
}

static wio_status add_variable(reader *in, const wio_h5_item *item, const char *dimensions,
                               const char *units, const char *long_name)
{
    wio_h5 *h5 = &in->h5;
    const char *name = item->path + 1;
    if (item->text) {
        char **text = wio_h5_texts(h5, item->path, item->dims[0]);
        if (text != NULL) {
            h5->status = wio_result_add_text(in->result, name, dimensions,
                                             (const char *const *)text, long_name, in->err);
        }
        wio_free(text);
        return h5->status;
    }
    double *data = wio_h5_doubles(h5, item->path, item->rank, item->dims), *copy = NULL;
    if (data != NULL) {
        h5->status = wio_result_add(&copy, in->result, name, dimensions, plain_units(units),
                                    long_name, in->err);
    }
    if (copy != NULL) {
        size_t count = 1;
        for (size_t i = 0; i < item->rank; i++) {
            count *= item->dims[i];
        }
        memcpy(copy, data, count * sizeof *copy);
    }
    wio_free(data);
    return h5->status;
}

static wio_status read_variable(reader *in, const wio_h5_item *item)
{
    wio_h5 *h5 = &in->h5;
    wio_text dimensions = {0};
    const scale *own = NULL;
    for (size_t i = 0; i < in->scales; i++) {
        own = in->scale[i].item == item ? &in->scale[i] : own;
    }
    if (own != NULL && own->bare) {
        return WIO_OK;
    }
    if (own != NULL) {
        wio_text_add(&dimensions, "%s", item->path + 1);
    } else if (item->rank != 0) {
        read_dimension_list(in, &dimensions, item);
    } else {
        wio_text_add(&dimensions, "%s", "");
    }
    char *units = text_or_empty(h5, item->path, "units");
    char *long_name = text_or_empty(h5, item->path, "long_name");
    if (h5->status == WIO_OK && (dimensions.failed || units == NULL || long_name == NULL)) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", item->path);
    }
    if (h5->status == WIO_OK) {
        (void)add_variable(in, item, dimensions.data, units, long_name);
    }
    wio_free(units);
    wio_free(long_name);
    wio_text_free(&dimensions);
    return h5->status;
}

static wio_status read_attribute(reader *in, const wio_h5_item *item)
{
    bool root = strcmp(item->path, "/") == 0;
    if (root && wio_h5_is_derived(item->attribute)) {
        return WIO_OK;
    }
    wio_text name = {0};
    wio_text_add(&name, "%s%s%s", root ? "" : item->path + 1, root ? "" : "/", item->attribute);
    char *value = wio_h5_text(&in->h5, item->path, item->attribute);
    if (value != NULL && name.failed) {
        (void)wio_h5_fail(&in->h5, WIO_E_MEMORY, "no memory for '%s'", item->attribute);
    }
    if (value != NULL && !name.failed) {
        in->h5.status = wio_result_set_text(in->result, name.data, value, in->err);
    }
    wio_free(value);
    wio_text_free(&name);
    return in->h5.status;
}

static wio_status read_all(reader *in)
{
    wio_h5 *h5 = &in->h5;
    if (!attribute_starts(h5, "/", "Conventions", "CF-")) {
        return wio_h5_fail(h5, WIO_E_FORMAT,
                           "is not a result file: it does not say that it follows CF");
    }
    WIO_TRY(read_dimensions(in));
    for (size_t i = 0; i < h5->items; i++) {
        const wio_h5_item *item = &h5->item[i];
        if (item->attribute != NULL) {
            WIO_TRY(read_attribute(in, item));
        } else if (!item->group) {
            WIO_TRY(read_variable(in, item));
        }
    }
    return h5->status;
}

wio_status wio_result_read(wio_result **out, const char *path, wio_error *err)
{
    if (out == NULL || path == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_result_read: NULL argument");
    }
    reader in = {.err = err};
    WIO_TRY(wio_result_create(&in.result, err));
    wio_status status = wio_h5_open(&in.h5, path, err);
    if (status == WIO_OK) {
        (void)read_all(&in);
        status = wio_h5_close(&in.h5);
    }
    if (status == WIO_E_ARGUMENT || status == WIO_E_SHAPE) { /* the container refused it */
        status = WIO_E_FORMAT;
        if (err != NULL) {
            err->status = status;
        }
    }
    if (status != WIO_OK) {
        wio_result_free(in.result);
        return status;
    }
    *out = in.result;
    return WIO_OK;
}

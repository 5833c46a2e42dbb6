/* table_hdf5_axes.c - the axes of a packed table's arrays, for xarray, netCDF and R: dimension scales
 * "activity" and "origin" ("USA.334413"), "final" ("USA.C"), "item" and "account" (see result_hdf5.c).
 * They say once more what /origins, /finals and the lists say; our reader does not look at them. */
#include "hdf5.h"

#include <stdio.h>
#include <string.h>

void wio_packed_put_scale(wio_h5 *h5, const char *path, size_t count, char *const *label)
{
    wio_h5_put_texts(h5, path, count, (const char *const *)label);
    wio_h5_put_fixed(h5, path, "CLASS", "DIMENSION_SCALE");
    wio_h5_put_fixed(h5, path, "NAME", path + 1);
}

/* "REGION.CODE" of pairs of indices. */
static void put_pairs(wio_h5 *h5, const char *path, size_t count, const wio_names *region,
                      const size_t *r, const wio_names *code, const size_t *c)
{
    size_t bytes = count * sizeof(char *);
    for (size_t i = 0; i < count; i++) {
        bytes += strlen(region->code[r[i]]) + strlen(code->code[c[i]]) + 2;
    }
    char **label = wio_alloc(bytes, 1); /* pointers, then what they point to */
    if (label == NULL) {
        (void)wio_h5_fail(h5, WIO_E_MEMORY, "no memory for '%s'", path);
        return;
    }
    char *at = (char *)(label + count), *end = (char *)label + bytes;
    for (size_t i = 0; i < count; i++) {
        label[i] = at;
        at += snprintf(at, (size_t)(end - at), "%s.%s", region->code[r[i]], code->code[c[i]]) + 1;
    }
    wio_packed_put_scale(h5, path, count, label);
    wio_free(label);
}

void wio_packed_put_origin(wio_h5 *h5, const wio_table *t)
{
    put_pairs(h5, "/origin", t->m, &t->region, t->origin_region, &t->sector, t->origin_sector);
}

void wio_packed_put_activity(wio_h5 *h5, const wio_table *t)
{
    put_pairs(h5, "/activity", t->n, &t->region, t->origin_region, &t->sector, t->origin_sector);
}

void wio_packed_put_final(wio_h5 *h5, const wio_table *t)
{
    put_pairs(h5, "/final", t->f, &t->region, t->final_region, &t->use, t->final_use);
}

void wio_packed_put_item(wio_h5 *h5, const wio_table *t)
{
    wio_packed_put_scale(h5, "/item", t->p, t->item.code);
}

void wio_packed_put_account(wio_h5 *h5, const wio_table *t)
{
    wio_packed_put_scale(h5, "/account", t->k, t->account.code);
}

/* DIMENSION_LIST: for each dimension a list of one reference. */
static void put_dimensions(wio_h5 *h5, const char *array, const char *rows, const char *columns)
{
    char full[WIO_H5_PATH];
    const char *const dimension[] = {rows, columns};
    hobj_ref_t scale[2];
    hvl_t list[2];
    hsize_t rank = 2;
    for (size_t d = 0; d < 2 && h5->status == WIO_OK; d++) {
        (void)WIO_H5(h5, H5Rcreate(&scale[d], h5->file, wio_h5_full(h5, full, dimension[d]),
                                   H5R_OBJECT, -1));
        list[d] = (hvl_t){1, &scale[d]};
    }
    if (h5->status != WIO_OK) {
        return;
    }
    hid_t type = WIO_H5(h5, H5Tvlen_create(H5T_STD_REF_OBJ));
    hid_t space = WIO_H5(h5, H5Screate_simple(1, &rank, NULL));
    hid_t id =
        WIO_H5(h5, H5Acreate_by_name(h5->file, wio_h5_full(h5, full, array), "DIMENSION_LIST", type,
                                     space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    (void)WIO_H5(h5, H5Awrite(id, type, list));
    (void)WIO_H5(h5, H5Aclose(id));
    (void)WIO_H5(h5, H5Sclose(space));
    (void)WIO_H5(h5, H5Tclose(type));
}

void wio_packed_put_axes(wio_h5 *h5, const wio_table *table)
{
    static const struct {
        const char *array, *rows, *columns, *name;
        bool money;
    } arrays[] = {{"/Z", "/origin", "/activity", "intermediate flows, seller to buyer", true},
                  {"/Y", "/origin", "/final", "final demand", true},
                  {"/P", "/item", "/activity", "primary inputs", true},
                  {"/S", "/account", "/activity", "satellites, each in its account's unit", false}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays && h5->status == WIO_OK; i++) {
        put_dimensions(h5, arrays[i].array, arrays[i].rows, arrays[i].columns);
        wio_h5_put_text(h5, arrays[i].array, "long_name", arrays[i].name);
        if (arrays[i].money && table->unit != NULL) {
            wio_h5_put_text(h5, arrays[i].array, "units", table->unit);
        }
    }
}

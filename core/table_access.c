/* table_access.c - looking things up in a table; nothing here changes or allocates. */
#include "table.h"

#include <math.h>
#include <string.h>

static const char *const role_names[WIO_ROLES] = {
    [WIO_ROLE_HOUSEHOLD] = "household",
    [WIO_ROLE_GOVERNMENT] = "government",
    [WIO_ROLE_INVESTMENT] = "investment",
    [WIO_ROLE_INVENTORY] = "inventory",
    [WIO_ROLE_EXPORT] = "export",
    [WIO_ROLE_COMPENSATION] = "compensation",
    [WIO_ROLE_TAX] = "tax",
    [WIO_ROLE_SURPLUS] = "surplus",
    [WIO_ROLE_IMPORT] = "import",
    [WIO_ROLE_VALUE_ADDED] = "value_added",
    [WIO_ROLE_OTHER] = "other",
};

static const char *const valuation_names[] = {
    [WIO_BASIC] = "basic", [WIO_CUSTOMS] = "customs", [WIO_DUTY_PAID] = "duty_paid"};

const char *wio_role_name(wio_role role)
{
    return (unsigned)role < WIO_ROLES ? role_names[role] : "unknown";
}

bool wio_role_find(wio_role *role, const char *name)
{
    for (int i = 0; i < WIO_ROLES; i++) {
        if (strcmp(name, role_names[i]) == 0) {
            *role = (wio_role)i;
            return true;
        }
    }
    return false;
}

bool wio_role_is_final(wio_role role)
{
    return (unsigned)role <= WIO_ROLE_EXPORT;
}

bool wio_valuation_find(wio_valuation *valuation, const char *name)
{
    for (int i = WIO_BASIC; i <= WIO_DUTY_PAID; i++) {
        if (strcmp(name, valuation_names[i]) == 0) {
            *valuation = (wio_valuation)i;
            return true;
        }
    }
    return false;
}

const char *wio_valuation_name(wio_valuation valuation)
{
    return (unsigned)valuation <= WIO_DUTY_PAID ? valuation_names[valuation] : "unknown";
}

void wio_table_describe(wio_table_info *info, const wio_table *table)
{
    *info = (wio_table_info){
        .name = table->name,
        .title = table->title,
        .currency = table->currency,
        .unit = table->unit,
        .price_basis = table->price_basis,
        .import_split = table->import_split,
        .licence = table->licence,
        .year = table->year,
        .n = table->n,
        .m = table->m,
        .f = table->f,
        .p = table->p,
        .k = table->k,
        .regions = table->region.count,
        .household_income = table->household_income,
        .total_output = table->x != NULL ? wio_sum(table->x, table->n, 1) : table->total_output,
        .stored = table->start != NULL ? table->start[table->m] : 0,
        .sources = table->sources,
        .source = (const char *const *)table->source,
        .notes = table->notes,
        .note = (const char *const *)table->note,
    };
}

static const char *name_of(const wio_table *table)
{
    return table->path != NULL ? table->path : table->name;
}

wio_status wio_table_numbers(const wio_table *table, wio_error *err)
{
    return table == NULL || table->Z != NULL || table->start != NULL
               ? WIO_OK
               : wio_fail(err, WIO_E_UNSUPPORTED,
                          "%s: only its outline was read; open the table to compute with it",
                          name_of(table));
}

wio_status wio_table_whole(const wio_table *table, wio_error *err)
{
    WIO_TRY(wio_table_numbers(table, err));
    return table == NULL || table->Z != NULL
               ? WIO_OK
               : wio_fail(err, WIO_E_UNSUPPORTED,
                          "%s: its flows are a list, kept in compressed rows, which solve, "
                          "multipliers and check take and this does not; 'wassily convert' writes "
                          "them in full",
                          name_of(table));
}

const char *wio_table_region(const wio_table *table, size_t region, bool *endogenous)
{
    if (region >= table->region.count) {
        return NULL;
    }
    if (endogenous != NULL) {
        *endogenous = table->endogenous[region];
    }
    return table->region.code[region];
}

const char *wio_table_origin_region(const wio_table *table, size_t origin)
{
    return origin < table->m ? table->region.code[table->origin_region[origin]] : NULL;
}

const char *wio_table_origin_sector(const wio_table *table, size_t origin)
{
    return origin < table->m ? table->sector.code[table->origin_sector[origin]] : NULL;
}

const char *wio_table_sector_name(const wio_table *table, size_t origin)
{
    return origin < table->m ? table->sector.name[table->origin_sector[origin]] : NULL;
}

const char *wio_table_account(const wio_table *table, size_t account, const char **unit)
{
    if (account >= table->k) {
        return NULL;
    }
    if (unit != NULL) {
        *unit = table->account_unit[account];
    }
    return table->account.code[account];
}

static const char *column_code(const char **name, const wio_table *table, size_t index)
{
    for (size_t i = 0; i < table->frames; i++) {
        if (index < table->frame[i].columns) {
            *name = table->frame[i].file;
            return table->frame[i].header[index];
        }
        index -= table->frame[i].columns;
    }
    return NULL;
}

const char *wio_table_code(const char **name, const wio_table *table, wio_code kind, size_t index)
{
    const wio_names *const list[WIO_CODES] = {[WIO_CODE_REGION] = &table->region,
                                              [WIO_CODE_SECTOR] = &table->sector,
                                              [WIO_CODE_USE] = &table->use,
                                              [WIO_CODE_ITEM] = &table->item};
    const char *unused = NULL;
    name = name != NULL ? name : &unused;
    *name = NULL;
    if (kind == WIO_CODE_ACCOUNT) {
        return wio_table_account(table, index, name);
    }
    if (kind == WIO_CODE_COLUMN) {
        return column_code(name, table, index);
    }
    if (kind == WIO_CODE_GROUP) {
        return index < table->groups ? table->group[index].code : NULL;
    }
    if ((unsigned)kind >= WIO_CODES || index >= list[kind]->count) {
        return NULL;
    }
    *name = list[kind]->name[index];
    return list[kind]->code[index];
}

const double *wio_table_Z(const wio_table *table)
{
    return table->Z;
}

const double *wio_table_Y(const wio_table *table)
{
    return table->Y;
}

const double *wio_table_P(const wio_table *table)
{
    return table->P;
}

const double *wio_table_S(const wio_table *table)
{
    return table->S;
}

const double *wio_table_x(const wio_table *table)
{
    return table->x;
}

size_t wio_table_origin(const wio_table *table, size_t region, size_t sector)
{
    return region < table->region.count && sector < table->sector.count
               ? table->origin_at[region * table->sector.count + sector]
               : SIZE_MAX;
}

size_t wio_table_jobs(const wio_table *table)
{
    return wio_names_find(&table->account, "jobs");
}

const wio_group *wio_table_group(const wio_table *table, const char *code)
{
    for (size_t i = 0; i < table->groups; i++) {
        if (strcmp(table->group[i].code, code) == 0) {
            return &table->group[i];
        }
    }
    return NULL;
}

const wio_frame *wio_table_frame(const wio_table *table, const char *file)
{
    for (size_t i = 0; i < table->frames; i++) {
        if (strcmp(table->frame[i].file, file) == 0) {
            return &table->frame[i];
        }
    }
    return NULL;
}

size_t wio_frame_column(const wio_frame *frame, const char *name)
{
    for (size_t c = 0; c < frame->columns; c++) {
        if (strcmp(frame->header[c], name) == 0) {
            return c;
        }
    }
    return SIZE_MAX;
}

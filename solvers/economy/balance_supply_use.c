/* balance_supply_use.c - SUT-RAS as one GRAS problem (Temurshoev & Timmer 2011).
 *
 * Products are rows; users are columns as they are, and supply is columns with the sign turned:
 *
 *       [ U   -V'   -m ]     rows to 0: use = make + imports, whatever the product's total is
 *   sums  users -output -imports
 *
 * A cell of use is scaled by r s, a cell of supply by s / r: the equations of the paper. */
#include "balance.h"

#include <string.h>

typedef struct stack {
    size_t products, users, industries, columns;
    double *Z, *u, *v;
} stack;

static void fill(stack *s, const double *U, const double *V, const double *m,
                 const double *use_total, const double *output, double imports)
{
    for (size_t i = 0; i < s->products; i++) {
        double *row = s->Z + i * s->columns;
        memcpy(row, U + i * s->users, s->users * sizeof *row);
        for (size_t j = 0; j < s->industries; j++) {
            row[s->users + j] = -V[j * s->products + i];
        }
        if (m != NULL) {
            row[s->users + s->industries] = -m[i];
        }
    }
    memcpy(s->v, use_total, s->users * sizeof *s->v);
    for (size_t j = 0; j < s->industries; j++) {
        s->v[s->users + j] = -output[j];
    }
    if (m != NULL) {
        s->v[s->users + s->industries] = -imports;
    }
}

static void take(double *U, double *V, double *m, const stack *s)
{
    for (size_t i = 0; i < s->products; i++) {
        const double *row = s->Z + i * s->columns;
        memcpy(U + i * s->users, row, s->users * sizeof *row);
        for (size_t j = 0; j < s->industries; j++) {
            V[j * s->products + i] = 0.0 - row[s->users + j];
        }
        if (m != NULL) {
            m[i] = 0.0 - row[s->users + s->industries];
        }
    }
}

wio_status wio_balance_supply_use(double *U, double *V, double *m, size_t products, size_t users,
                                  size_t industries, const double *use_total, const double *output,
                                  double imports, const wio_balance_options *options,
                                  wio_balance_report *report, wio_log *log, wio_error *err)
{
    if (U == NULL || V == NULL || use_total == NULL || output == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_balance_supply_use: NULL argument");
    }
    stack s = {.products = products, .users = users, .industries = industries};
    s.columns = users + industries + (m != NULL ? 1 : 0);
    size_t cells;
    if (products == 0 || users == 0 || industries == 0 ||
        __builtin_mul_overflow(products, s.columns, &cells)) {
        return wio_fail(err, WIO_E_ARGUMENT, "%zu products, %zu users and %zu industries", products,
                        users, industries);
    }
    wio_balance_options own = options != NULL ? *options : (wio_balance_options){0};
    own.method = WIO_BALANCE_GRAS;
    wio_arena arena = {0};
    s.Z = wio_take(&arena, cells);
    s.u = wio_take(&arena, products);
    s.v = wio_take(&arena, s.columns);
    wio_status status = WIO_OK;
    if (arena.failed) {
        status = wio_fail(err, WIO_E_MEMORY, "%zu products x %zu columns", products, s.columns);
    } else {
        fill(&s, U, V, m, use_total, output, imports);
        status = wio_balance(s.Z, s.Z, products, s.columns, s.u, s.v, &own, report, log, err);
    }
    if (status == WIO_OK) {
        take(U, V, m, &s);
    }
    wio_arena_free(&arena);
    return status;
}

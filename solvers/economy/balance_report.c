/* balance_report.c - how a balanced matrix meets its targets, and what was changed: one pass, in
 * blocks of rows of fixed size, so that the figures do not depend on threads. */
#include "balance.h"

#include <limits.h>
#include <math.h>
#include <omp.h>
#include <string.h>

enum { BLOCK = 64 };

typedef struct part { /* of one block of rows */
    double gap, largest;
    size_t changed, cell;
} part;

typedef struct pass {
    const balance *b;
    double *X;
    const double *Z, *u;
    bool apply;
    double *sum, *size; /* [blocks x columns]; size NULL: no cell is negative */
    part *part;         /* [blocks] */
} pass;

typedef struct row {
    double sum, size, largest;
    size_t changed;
} row;

/* |x| by its sign bits; no function, which could not return a vector in every build. */
#define ABSOLUTE(x) ((balance_quad)((balance_mask)(x) & ~((balance_mask){0} + LLONG_MIN)))

/* Adds to the sums of the columns (and of |cells|, where size is given). */
BALANCE_WIDE static void one_row(row *out, double *sum, double *size, const double *x,
                                 const double *z, size_t count)
{
    balance_quad total = {0.0}, mass = {0.0}, most = {0.0};
    balance_mask changed = {0};
    size_t j = 0;
    for (; j + 4 <= count; j += 4) {
        balance_quad here = *(const balance_quad *)(x + j);
        balance_quad off = ABSOLUTE(here - *(const balance_quad *)(z + j));
        balance_mask more = off > most;
        most = (balance_quad)((more & (balance_mask)off) | (~more & (balance_mask)most));
        changed -= off != 0.0; /* true is -1 */
        total += here;
        *(balance_quad *)(sum + j) += here;
        if (size != NULL) {
            mass += ABSOLUTE(here);
            *(balance_quad *)(size + j) += ABSOLUTE(here);
        }
    }
    *out = (row){.sum = (total[0] + total[1]) + (total[2] + total[3]),
                 .size = (mass[0] + mass[1]) + (mass[2] + mass[3])};
    for (size_t l = 0; l < 4; l++) {
        out->largest = fmax(out->largest, most[l]);
        out->changed += (size_t)changed[l];
    }
    for (; j < count; j++) {
        double off = fabs(x[j] - z[j]);
        out->largest = fmax(out->largest, off);
        out->changed += off != 0.0;
        out->sum += x[j];
        out->size += fabs(x[j]);
        sum[j] += x[j];
        if (size != NULL) {
            size[j] += fabs(x[j]);
        }
    }
}

static void one_block(pass *p, size_t block)
{
    const balance *b = p->b;
    const size_t n = b->columns, first = block * BLOCK;
    const size_t end = first + BLOCK < b->rows ? first + BLOCK : b->rows;
    part here = {0};
    for (size_t i = first; i < end; i++) {
        double *x = p->X + i * n;
        const double *z = p->Z + i * n;
        const bool *fixed = b->options->fixed != NULL ? b->options->fixed + i * n : NULL;
        row this;
        if (p->apply) {
            wio_balance_apply(x, b, i);
        }
        for (size_t j = 0; fixed != NULL && j < n; j++) {
            x[j] = fixed[j] ? z[j] : x[j];
        }
        one_row(&this, p->sum + block * n, p->size != NULL ? p->size + block * n : NULL, x, z, n);
        here.changed += this.changed;
        /* gap = |sum - target| / max(|target|, sum of |cells|, floor) */
        double scale = fmax(fmax(fabs(p->u[i]), this.size), b->row_floor);
        here.gap = fmax(here.gap, fabs(this.sum - p->u[i]) / scale);
        if (this.largest > here.largest) {
            here.largest = this.largest;
            size_t j = 0;
            while (fabs(x[j] - z[j]) != this.largest) {
                j++;
            }
            here.cell = i * n + j;
        }
    }
    p->part[block] = here;
}

static size_t blocks_of(size_t rows)
{
    return (rows + BLOCK - 1) / BLOCK;
}

size_t wio_balance_report_room(size_t rows, size_t columns)
{
    return blocks_of(rows) * (2 * columns + sizeof(part) / sizeof(double));
}

void wio_balance_report_fill(wio_balance_report *report, const balance *b, double *X,
                             const double *Z, const double *u, const double *v, bool apply)
{
    const size_t blocks = blocks_of(b->rows);
    pass p = {.b = b, .X = X, .Z = Z, .u = u, .sum = b->room, .apply = apply};
    p.size = b->negative ? p.sum + blocks * b->columns : NULL;
    p.part = (part *)(void *)(p.sum + 2 * blocks * b->columns);
    memset(p.sum, 0, 2 * blocks * b->columns * sizeof *p.sum);
    int threads = omp_in_parallel() ? 1 : b->threads;
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t block = 0; block < blocks; block++) {
        one_block(&p, block);
    }
    report->sweeps = b->done;
    for (size_t block = 0; block < blocks; block++) {
        const part *here = &p.part[block];
        report->row_gap = fmax(report->row_gap, here->gap);
        report->changed += here->changed;
        if (here->largest > report->largest_change) {
            report->largest_change = here->largest;
            report->largest_cell = here->cell;
        }
    }
    for (size_t j = 0; j < b->columns; j++) {
        double size = p.size != NULL ? wio_sum(p.size + j, blocks, b->columns) : 0.0;
        double sum = wio_sum(p.sum + j, blocks, b->columns);
        double scale = fmax(fmax(fabs(v[j]), size), b->column_floor);
        report->column_gap = fmax(report->column_gap, fabs(sum - v[j]) / scale);
    }
}

/* balance_report.c - how a balanced matrix meets its targets, and what was changed: one pass, in
 * blocks of rows of fixed size, so that the figures do not depend on threads. */
#include "balance.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { BLOCK = 64, LANES = 8 };

typedef struct part { /* of one block of rows */
    double gap, largest;
    size_t changed, cell;
} part;

typedef struct pass {
    const balance *b;
    const double *X, *Z, *u;
    double *sum, *size; /* [blocks x columns] */
    part *part;         /* [blocks] */
} pass;

static void one_row(double *restrict sum, double *restrict size, double row[2], size_t *changed,
                    double *largest, const double *restrict x, const double *restrict z,
                    size_t count)
{
    double total[LANES] = {0.0}, mass[LANES] = {0.0}, most[LANES] = {0.0};
    size_t different[LANES] = {0};
    for (size_t j = 0; j < count; j++) {
        size_t l = j % LANES;
        double a = fabs(x[j]), d = fabs(x[j] - z[j]);
        sum[j] += x[j];
        size[j] += a;
        total[l] += x[j];
        mass[l] += a;
        different[l] += d != 0.0;
        most[l] = d > most[l] ? d : most[l];
    }
    row[0] = row[1] = *largest = 0.0;
    for (size_t l = 0; l < LANES; l++) {
        row[0] += total[l];
        row[1] += mass[l];
        *changed += different[l];
        *largest = most[l] > *largest ? most[l] : *largest;
    }
}

static void one_block(pass *p, size_t block)
{
    const balance *b = p->b;
    const size_t n = b->columns, first = block * BLOCK;
    const size_t end = first + BLOCK < b->rows ? first + BLOCK : b->rows;
    part here = {0};
    for (size_t i = first; i < end; i++) {
        const double *x = p->X + i * n, *z = p->Z + i * n;
        double row[2], largest;
        one_row(p->sum + block * n, p->size + block * n, row, &here.changed, &largest, x, z, n);
        /* gap = |sum - target| / max(|target|, sum of |cells|, floor) */
        double scale = fmax(fmax(fabs(p->u[i]), row[1]), b->row_floor);
        here.gap = fmax(here.gap, fabs(row[0] - p->u[i]) / scale);
        if (largest > here.largest) {
            here.largest = largest;
            size_t j = 0;
            while (fabs(x[j] - z[j]) != largest) {
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

void wio_balance_report_fill(wio_balance_report *report, const balance *b, const double *X,
                             const double *Z, const double *u, const double *v)
{
    const size_t blocks = blocks_of(b->rows);
    pass p = {.b = b, .X = X, .Z = Z, .u = u, .sum = b->room};
    p.size = p.sum + blocks * b->columns;
    p.part = (part *)(void *)(p.size + blocks * b->columns);
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
        double size = wio_sum(p.size + j, blocks, b->columns);
        double sum = wio_sum(p.sum + j, blocks, b->columns);
        double scale = fmax(fmax(fabs(v[j]), size), b->column_floor);
        report->column_gap = fmax(report->column_gap, fabs(sum - v[j]) / scale);
    }
}

/* aggregate_bias.c - what an aggregation does to answers (Hatanaka 1952; MODEL Q18).
 *
 *   S A = A* S  is needed and enough for  S L f = L* S f  for every f;  its largest miss is reported
 *   multipliers: 1'L* S against 1'L, for every activity
 *   outputs:     L* S f against S L f, for every final column f by itself */
#include "aggregate.h"
#include "economy.h"

#include <math.h>

typedef struct bias {
    const wio_economy *fine, *coarse;
    const mapping *origins;
    size_t n, N, f;
    double *F, *X, *G, *Y; /* [f x n], [f x n], [f x N], [f x N] */
    double *one, *m, *big, *M;
    double *row; /* [N] */
} bias;

/* to [N] += S from, over the activities. */
static void aggregate(double *to, const bias *b, const double *from)
{
    for (size_t i = 0; i < b->n; i++) {
        for (size_t k = b->origins->start[i]; k < b->origins->start[i + 1]; k++) {
            to[b->origins->to[k]] += b->origins->weight[k] * from[i];
        }
    }
}

/* Column j of S A - A* S, its largest element. row [N] is scratch. */
static double column_miss(const bias *b, size_t j)
{
    double worst = 0.0;
    for (size_t I = 0; I < b->N; I++) {
        b->row[I] = 0.0;
    }
    for (size_t i = 0; i < b->n; i++) {
        double a = b->fine->A[i * b->n + j];
        for (size_t k = b->origins->start[i]; a != 0.0 && k < b->origins->start[i + 1]; k++) {
            b->row[b->origins->to[k]] += b->origins->weight[k] * a;
        }
    }
    for (size_t k = b->origins->start[j]; k < b->origins->start[j + 1]; k++) {
        for (size_t I = 0; I < b->N; I++) {
            b->row[I] -= b->origins->weight[k] * b->coarse->A[I * b->N + b->origins->to[k]];
        }
    }
    for (size_t I = 0; I < b->N; I++) {
        worst = fmax(worst, fabs(b->row[I]));
    }
    return worst;
}

static wio_status multipliers(wio_aggregate_report *report, bias *b, wio_error *err)
{
    wio_certificate certificate;
    wio_certificate_start(&certificate, b->fine->system);
    for (size_t i = 0; i < b->n; i++) {
        b->one[i] = 1.0;
    }
    for (size_t i = 0; i < b->N; i++) {
        b->big[i] = 1.0;
    }
    WIO_TRY(wio_system_solve_transposed(b->m, b->fine->system, 1, b->one, &certificate, err));
    WIO_TRY(wio_system_solve_transposed(b->M, b->coarse->system, 1, b->big, &certificate, err));
    double sum = 0.0, output = 0.0;
    report->multiplier_bias = 0.0;
    for (size_t j = 0; j < b->n; j++) {
        double coarse = 0.0;
        for (size_t k = b->origins->start[j]; k < b->origins->start[j + 1]; k++) {
            coarse += b->origins->weight[k] * b->M[b->origins->to[k]];
        }
        double off = fabs(coarse - b->m[j]);
        if (off > report->multiplier_bias) {
            report->multiplier_bias = off;
            report->multiplier_at = j;
        }
        sum += off * b->fine->x[j];
        output += b->fine->x[j];
    }
    report->multiplier_mean = output > 0.0 ? sum / output : 0.0;
    return WIO_OK;
}

static wio_status demands(wio_aggregate_report *report, bias *b, wio_error *err)
{
    wio_certificate certificate;
    wio_certificate_start(&certificate, b->fine->system);
    for (size_t c = 0; c < b->f; c++) {
        for (size_t i = 0; i < b->n; i++) {
            b->F[c * b->n + i] = b->fine->table->Y[i * b->f + c];
        }
        aggregate(b->G + c * b->N, b, b->F + c * b->n);
    }
    WIO_TRY(wio_system_solve(b->X, b->fine->system, b->f, b->F, &certificate, err));
    WIO_TRY(wio_system_solve(b->Y, b->coarse->system, b->f, b->G, &certificate, err));
    report->demand_bias = 0.0;
    for (size_t c = 0; c < b->f; c++) {
        double off = 0.0, total = 0.0, *Sx = b->G + c * b->N;
        for (size_t I = 0; I < b->N; I++) {
            Sx[I] = 0.0;
        }
        aggregate(Sx, b, b->X + c * b->n);
        for (size_t I = 0; I < b->N; I++) {
            off += fabs(b->Y[c * b->N + I] - Sx[I]);
            total += fabs(Sx[I]);
        }
        if (total > 0.0 && off / total > report->demand_bias) {
            report->demand_bias = off / total;
            report->demand_at = c;
        }
    }
    return WIO_OK;
}

static wio_status compute(wio_aggregate_report *report, bias *b, wio_error *err)
{
    wio_arena arena = {0};
    b->F = wio_take(&arena, b->f * b->n);
    b->X = wio_take(&arena, b->f * b->n);
    b->G = wio_take(&arena, b->f * b->N);
    b->Y = wio_take(&arena, b->f * b->N);
    b->one = wio_take(&arena, b->n);
    b->m = wio_take(&arena, b->n);
    b->big = wio_take(&arena, b->N);
    b->M = wio_take(&arena, b->N);
    b->row = wio_take(&arena, b->N);
    wio_status status =
        arena.failed ? wio_fail(err, WIO_E_MEMORY, "outputs of %zu demands", b->f) : WIO_OK;
    if (status == WIO_OK) {
        report->hatanaka = 0.0;
        for (size_t j = 0; j < b->n; j++) {
            report->hatanaka = fmax(report->hatanaka, column_miss(b, j));
        }
        status = multipliers(report, b, err);
    }
    if (status == WIO_OK) {
        status = demands(report, b, err);
    }
    wio_arena_free(&arena);
    return status;
}

wio_status wio_aggregate_bias(wio_aggregate_report *report, const wio_table *table,
                              const wio_table *aggregated, const mapping *origins, wio_log *log,
                              wio_error *err)
{
    wio_economy *fine = NULL, *coarse = NULL;
    wio_status status = wio_economy_create(&fine, table, log, err);
    if (status == WIO_OK) {
        status = wio_economy_create(&coarse, aggregated, log, err);
    }
    if (status == WIO_OK) {
        bias b = {.fine = fine,
                  .coarse = coarse,
                  .origins = origins,
                  .n = fine->n,
                  .N = coarse->n,
                  .f = table->f};
        status = compute(report, &b, err);
    }
    wio_economy_free(coarse);
    wio_economy_free(fine);
    return status;
}

/* plan.c - which method solves (I - A) x = f for k right-hand sides, and what it will cost.
 *
 * The choice compares floating-point operations and bytes moved at NOMINAL rates, so it depends on
 * the problem alone: a plan that measured the machine would choose other bits on a busy day. Only the
 * predicted seconds are scaled by rates measured here. With factors, K = k rounded up to 64:
 *
 *   LU         2/3 n^3 + 2 n^2 K                       8 n^2 bytes; 16 from compressed rows
 *   refined    2/3 n^3 + 4 n^2 K + residuals of 2 n^2 k in twice the precision
 *   mixed      1/3 n^3 + 7 n^2 K                       4 n^2 bytes; 12 from compressed rows
 *   krylov     45 readings of A, 20 for the answer and 25 for the proofs
 *   entrywise  3 x LU (gth.c) */
#include "plan.h"

#include "inverse.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Two cores of current x86-64 servers (EPYC 83e9 to 102e9 and 29e9, Xeon 160e9 and 20e9, as
 * measured); their quotient, 4 operations a byte, is what the choice turns on, and it is within a
 * factor of two on larger machines. */
static const double PRODUCT_RATE = 80e9, MEMORY_RATE = 20e9;

enum {
    PASSES = 20,       /* readings of A for a solution (README: 9 to 20 on tables) */
    PROOF_PASSES = 25, /* for the two proofs, to a few digits, and the radius */
    VECTORS = 20       /* of n, for each right-hand side of a Krylov method and for all */
};

/* Factors run at this share of the product's rate, small right-hand sides included. */
static const double FACTOR_SHARE = 0.85, INVERSE_SHARE = 0.9;
/* One right-hand side's residual in twice the precision, in operations at the product's rate per
 * element of A: error-free transformations, on the vector units alone. */
static const double RESIDUAL = 50.0;

static const char *const NAMES[WIO_METHODS] = {"auto",  "lu",     "refined",
                                               "mixed", "krylov", "entrywise"};

const char *wio_method_name(wio_method method)
{
    return (unsigned)method < WIO_METHODS ? NAMES[method] : NULL;
}

wio_cost wio_method_cost(wio_method method, bool dense, size_t order, size_t entries, size_t sides)
{
    double n = (double)order, nn = n * n, k = (double)sides;
    double blocks = ceil(k / WIO_BLOCK), K = blocks * WIO_BLOCK;
    double factor = 2.0 / 3.0 * n * nn / FACTOR_SHARE,
           block_bytes = 8.0 * n * (order <= WIO_SMALL ? 10.0 : 4.0 * WIO_BLOCK);
    double stored = dense ? 8.0 * nn : 12.0 * (double)entries;
    double expand = dense ? 0.0 : 8.0 * nn; /* factors need A in full */
    if (method == WIO_METHOD_MIXED && order <= WIO_SMALL) {
        method = WIO_METHOD_LU; /* there is no single precision */
    }
    switch (method) {
    case WIO_METHOD_REFINED:
        return (wio_cost){factor + 4.0 * nn * K + RESIDUAL * nn * k,
                          8.0 * nn * (16.0 + 4.0 * blocks), 8.0 * nn + block_bytes + expand};
    case WIO_METHOD_MIXED:
        return (wio_cost){factor / 2.0 + 7.0 * nn * K, 8.0 * nn * (14.0 + 5.0 * blocks),
                          4.0 * nn + block_bytes + expand};
    case WIO_METHOD_KRYLOV: {
        double passes = PASSES + PROOF_PASSES;
        double products = 4.0 * 2.0 * (double)entries * k * PASSES; /* a quarter of the rate */
        double vectors = 8.0 * n * (VECTORS * k + VECTORS);
        return (wio_cost){k > 1.0 ? products : 0.0, passes * stored + PASSES * vectors,
                          vectors + (dense ? 4.0 * nn : 0.0)}; /* a copy in single precision */
    }
    case WIO_METHOD_ENTRYWISE:
        return (wio_cost){3.0 * factor + 2.0 * nn * K, 8.0 * nn * (16.0 + 2.0 * blocks),
                          8.0 * nn + block_bytes + expand};
    default:
        return (wio_cost){factor + 2.0 * nn * K, 8.0 * nn * (12.0 + 2.0 * blocks),
                          8.0 * nn + block_bytes + expand};
    }
}

static double seconds_of(wio_cost cost, double product, double memory)
{
    return cost.flops / product + cost.moved / memory;
}

/* --- the machine ---------------------------------------------------------------------------------- */

/* This machine's rates, flop/s and bytes/s, by a product and a reading of some milliseconds. */
static void machine_rates(double *product, double *memory, int threads)
{
    /* A product of 0.9e9 operations; a reading of 52 MB, which is more than most caches hold. */
    enum { ORDER = 768, READ = 2560, TIMES = 3 };
    size_t cells = (size_t)READ * READ;
    double *at = wio_alloc(cells + 2 * (size_t)READ, sizeof *at), best = INFINITY;
    double reading = INFINITY;
    *product = PRODUCT_RATE;
    *memory = MEMORY_RATE;
    if (at == NULL) {
        return;
    }
    for (size_t i = 0; i < cells + 2 * (size_t)READ; i++) {
        at[i] = 1e-3;
    }
    wio_blas_single();
    const double *B = at + (size_t)ORDER * ORDER;
    const wio_product square = {.rows = ORDER,
                                .columns = ORDER,
                                .inner = ORDER,
                                .alpha = 1.0,
                                .A = at,
                                .B = B,
                                .C = at + 2 * (size_t)ORDER * ORDER,
                                .lda = ORDER,
                                .ldb = ORDER,
                                .ldc = ORDER};
    for (int i = 0; i < TIMES; i++) {
        double start = wio_clock();
        wio_multiply(&square, 1, threads);
        best = fmin(best, wio_clock() - start);
        start = wio_clock();
        wio_apply_shared(at + cells, READ, at, at + cells + READ, threads);
        reading = fmin(reading, wio_clock() - start);
    }
    wio_free(at);
    *product = 2.0 * ORDER * ORDER * ORDER / best;
    *memory = 8.0 * (double)cells / reading;
}

/* --- the choice ------------------------------------------------------------------------------------ */

typedef struct problem {
    size_t n, entries, k;
    bool dense, shares; /* v is there and fits */
    double memory;
} problem;

static bool usable(const problem *p, wio_method method)
{
    return method != WIO_METHOD_ENTRYWISE || p->shares;
}

static wio_status no_room(const problem *p, wio_method method, double bytes, wio_error *err)
{
    return wio_fail(
        err, WIO_E_MEMORY,
        "%zu equations by the method %s need %.0f bytes (%.3g GB) beside the matrix, and "
        "%.0f (%.3g GB) may be used%s",
        p->n, NAMES[method], bytes, bytes * 1e-9, p->memory, p->memory * 1e-9,
        method == WIO_METHOD_KRYLOV ? "" : "; krylov needs the least");
}

static const char *number(char *text, size_t size, double value)
{
    static const char *const unit[] = {"", " thousand", " million", " billion"};
    size_t u = 0;
    for (; value >= 10000.0 && u < 3; u++) {
        value /= 1000.0;
    }
    (void)snprintf(text, size, "%.4g%s", value, unit[u]);
    return text;
}

static void explain(wio_plan *plan, const problem *p, bool asked)
{
    char n[32], k[32], entries[32];
    int wrote =
        snprintf(plan->reason, sizeof plan->reason, "%s equations, %s right-hand side%s%s%s",
                 number(n, sizeof n, (double)p->n), number(k, sizeof k, (double)p->k),
                 p->k == 1 ? "" : "s", p->dense ? "" : ", elements stored: ",
                 p->dense ? "" : number(entries, sizeof entries, (double)p->entries));
    size_t used = wrote > 0 ? (size_t)wrote : 0;
    if (asked) {
        (void)snprintf(plan->reason + used, sizeof plan->reason - used, ": %s was asked for",
                       NAMES[plan->method]);
    } else if (p->n <= WIO_SMALL) {
        (void)snprintf(plan->reason + used, sizeof plan->reason - used,
                       ": small enough to be factored at once");
    } else {
        wio_method other = plan->method == WIO_METHOD_KRYLOV ? WIO_METHOD_LU : WIO_METHOD_KRYLOV;
        double rival = plan->alternative[other];
        if (rival == rival) {
            (void)snprintf(plan->reason + used, sizeof plan->reason - used,
                           ": %s would take %.2g times as long as %s", NAMES[other],
                           rival / plan->seconds, NAMES[plan->method]);
        } else {
            (void)snprintf(plan->reason + used, sizeof plan->reason - used,
                           ": %s is what fits into %.3g GB", NAMES[plan->method], p->memory * 1e-9);
        }
    }
}

/* Fills seconds at the given rates; plan->method is set. */
static void price(wio_plan *plan, const problem *p, double product, double memory)
{
    for (int m = 0; m < WIO_METHODS; m++) {
        wio_cost cost = wio_method_cost((wio_method)m, p->dense, p->n, p->entries, p->k);
        bool fits = m != WIO_METHOD_AUTO && usable(p, (wio_method)m) && cost.bytes <= p->memory;
        plan->alternative[m] = fits ? seconds_of(cost, product, memory) : NAN;
    }
    plan->seconds = plan->alternative[plan->method];
    plan->bytes = wio_method_cost(plan->method, p->dense, p->n, p->entries, p->k).bytes;
}

static wio_method cheapest(const problem *p)
{
    static const wio_method candidates[] = {WIO_METHOD_LU, WIO_METHOD_MIXED, WIO_METHOD_KRYLOV};
    wio_method best = WIO_METHOD_AUTO;
    double least = INFINITY;
    for (size_t c = 0; c < sizeof candidates / sizeof *candidates; c++) {
        wio_cost cost = wio_method_cost(candidates[c], p->dense, p->n, p->entries, p->k);
        double seconds = seconds_of(cost, PRODUCT_RATE, MEMORY_RATE);
        if (p->n <= WIO_SMALL && candidates[c] != WIO_METHOD_LU) {
            continue;
        }
        if (cost.bytes <= p->memory && seconds < least) {
            least = seconds;
            best = candidates[c];
        }
    }
    return best;
}

double wio_plan_room(const wio_matrix *A, const wio_solver_options *options)
{
    if (options != NULL && options->memory > 0.0) {
        return options->memory;
    } /* 4 MB need not be looked for, in every scenario again */
    return A->dense != NULL && A->n <= WIO_SMALL ? INFINITY : wio_memory_left();
}

static wio_status read_problem(problem *p, const wio_matrix *A, const double *v,
                               const wio_solver_options *options, wio_error *err)
{
    if (A == NULL || A->n == 0 ||
        (A->dense == NULL && (A->start == NULL || A->column == NULL || A->value == NULL))) {
        return wio_fail(err, WIO_E_ARGUMENT, "a plan needs a matrix of at least one row");
    }
    *p = (problem){.n = A->n, .dense = A->dense != NULL, .k = 1, .shares = v != NULL};
    p->entries = p->dense ? A->n * A->n : A->start[A->n];
    if (options != NULL && options->right_hand_sides > 0) {
        p->k = options->right_hand_sides;
    }
    p->memory = wio_plan_room(A, options);
    return WIO_OK;
}

wio_status wio_plan_make(wio_plan *out, const wio_matrix *A, const double *v,
                         const wio_solver_options *options, wio_error *err)
{
    problem p = {0};
    if (out == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_plan_make: NULL argument");
    }
    WIO_TRY(read_problem(&p, A, v, options, err));
    wio_method asked = options != NULL ? options->method : WIO_METHOD_AUTO;
    if ((unsigned)asked >= WIO_METHODS) {
        return wio_fail(err, WIO_E_ARGUMENT, "there is no method %d", (int)asked);
    }
    if (!usable(&p, asked)) {
        return wio_fail(err, WIO_E_UNSUPPORTED,
                        "the method entrywise needs the share of every column that is not in A");
    }
    wio_plan plan = {.method = asked != WIO_METHOD_AUTO ? asked : cheapest(&p)};
    wio_method least = plan.method != WIO_METHOD_AUTO ? plan.method : WIO_METHOD_KRYLOV;
    double bytes = wio_method_cost(least, p.dense, p.n, p.entries, p.k).bytes;
    if (plan.method == WIO_METHOD_AUTO || !(bytes <= p.memory)) {
        return no_room(&p, least, bytes, err);
    }
    price(&plan, &p, PRODUCT_RATE, MEMORY_RATE);
    explain(&plan, &p, asked != WIO_METHOD_AUTO); /* by the nominal rates: always the same words */
    if (plan.seconds > 0.2) { /* then some milliseconds of measuring do not matter */
        double product, memory;
        machine_rates(&product, &memory, wio_threads(options != NULL ? options->threads : 0));
        price(&plan, &p, product, memory);
    }
    *out = plan;
    return WIO_OK;
}

/* 2 n^3 operations and as many for the residual; its checks read A and X some 20 times. */
void wio_inverse_plan(wio_plan *out, size_t n, bool quick, int threads)
{
    double order = (double)n, nn = order * order, product = PRODUCT_RATE, memory = MEMORY_RATE;
    wio_cost cost = {(quick ? 2.0 : 4.0) * order * nn / INVERSE_SHARE, 8.0 * nn * 20.0,
                     8.0 * (2.0 * nn + VECTORS * 10.0 * order)};
    char text[32];
    *out = (wio_plan){.bytes = cost.bytes, .seconds = seconds_of(cost, product, memory)};
    (void)snprintf(out->reason, sizeof out->reason, "%s equations: one inverse, %s",
                   number(text, sizeof text, order),
                   quick ? "its residual estimated" : "the error of every element bounded");
    if (out->seconds > 0.2) {
        machine_rates(&product, &memory, threads);
        out->seconds = seconds_of(cost, product, memory);
    }
}

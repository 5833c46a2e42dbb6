/* series.h - (I - A) x = f, and what is proven of I - A, where A can only be read, row after row.
 *
 * A reading of A makes any number of products with it. The proof is one vector w > 0,
 *
 *   w = e + |A|' w by iteration,  t = |A|' w,  z = w - t > 0:  the spectral radius of |A| is below 1,
 *
 * (certificate.c), and e' |B^-1| <= w' / min z of B = I - A bounds the errors of all solutions. */
#ifndef WIO_SERIES_H
#define WIO_SERIES_H

#include "linear.h"

typedef struct wio_panel_product {
    double *y;       /* [n] A x, or A' x */
    const double *x; /* [n] */
    bool transposed;
    bool absolute; /* |A| instead of A */
} wio_panel_product;

/* The part that the rows first .. first + rows - 1 of A, Z [rows x n], have in all products: y_i of
 * these rows; or, transposed, onto all of y, which is zero at first. Bits depend neither on threads
 * nor on how the rows are cut into panels. Rounding is below gamma(n) times sizes. */
void wio_panel_apply(size_t count, const wio_panel_product *product, size_t first, size_t rows,
                     size_t n, const double *Z, int threads);

/* Makes all products in one reading; each may be off by gamma(n + 2) times sizes. */
typedef wio_status wio_series_reading(void *context, size_t count, const wio_panel_product *product,
                                      wio_error *err);

typedef struct wio_series { /* a matrix that is read */
    size_t n;
    bool nonnegative;
    double norm1; /* of I - A, from above */
    wio_series_reading *read;
    void *context;
} wio_series;

typedef struct wio_series_report {
    size_t readings;
    double contraction; /* each reading makes an error so much smaller; bounds the radius of |A| */
    double bound;       /* proven, as below */
} wio_series_report;

/* X [k x n], solutions of (I - A) x = f or (I - A)' x = f for F [k x n], by x' = f + A x from x = f
 * until the bound is at most `relative`:
 *   plain       sum of |x_i - exact| / sum of |x_i|
 *   transposed  largest |x_i - exact| / largest |x_i|;       the worst of the k
 * The certificate (may be NULL) gets the worst of all fields. X may be F.
 * Errors: NOT_CERTIFIED (|A| could not be proven to have a radius below 1), NOT_CONVERGED (rounding
 * allows no such bound), those of the reading, MEMORY. Cost: log(relative) / log(radius) readings. */
wio_status wio_series_solve(double *X, const wio_series *A, bool transposed, size_t k,
                            const double *F, double relative, wio_certificate *certificate,
                            wio_series_report *report, wio_error *err);

/* series_radius.c: what is proven of I - A itself, with no solve; *readings is added to.
 *   share      [n] of each column that is not in A, as in wio_system_create
 *   diagnosis  filled when the status is NOT_PRODUCTIVE
 * Errors: NOT_PRODUCTIVE (the radius of |A| is proven to be at least 1, or a closed group was found),
 * NOT_CONVERGED (neither that nor the opposite, by so many readings), those of the reading, MEMORY. */
wio_status wio_series_certify(wio_certificate *certificate, const wio_series *A,
                              const double *share, wio_diagnosis *diagnosis, size_t *readings,
                              wio_error *err);

/* What a reading says of w: t = |A|' w with every rounding counted. */
typedef struct wio_series_proof {
    double *w, *t; /* [n] */
    double least;  /* of z = w - t, from below; above 0: proven */
    double most;   /* of w */
    double low;    /* least t / w, from below, and */
    double ratio;  /* largest t / w, from above: the radius of |A| is between them */
} wio_series_proof;
void wio_series_judge(wio_series_proof *proof, size_t n);
void wio_series_advance(wio_series_proof *proof, size_t n); /* w = e + t */

#endif

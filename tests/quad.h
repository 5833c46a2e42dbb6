/* quad.h - references in 113 bits for the suites of solvers/linear: residuals, solutions, inverses
 * and the elimination without subtraction. One error is 2^-60 of that of double. Where the compiler
 * has no 113 bits, long double (64) stands in; then the tests near condition 1e14 are too strict. */
#ifndef WIO_TEST_QUAD_H
#define WIO_TEST_QUAD_H

#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#ifdef __SIZEOF_FLOAT128__
__extension__ typedef __float128 wide;
#else
typedef long double wide;
#endif

static inline wide wide_abs(wide x)
{
    return x < 0 ? -x : x;
}

static inline wide wide_larger(wide a, wide b)
{
    return a < b ? b : a;
}

/* [count], all 0; free. */
static inline wide *wide_zeros(size_t count)
{
    wide *made = calloc(count > 0 ? count : 1, sizeof *made);
    ck_assert_ptr_nonnull(made);
    return made;
}

/* I - A, or its transpose; free. With shares v the diagonal is v_j + sum of a_ij over i != j,
 * as elimination without subtraction has it. */
static inline wide *wide_system(size_t n, const double *A, const double *v, bool transposed)
{
    wide *B = wide_zeros(n * n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            wide a = A[i * n + j];
            B[transposed ? j * n + i : i * n + j] = i == j ? 1 - a : -a;
        }
    }
    for (size_t j = 0; v != NULL && j < n; j++) {
        wide own = v[j];
        for (size_t i = 0; i < n; i++) {
            own += i == j ? 0 : (wide)A[i * n + j];
        }
        B[j * n + j] = own;
    }
    return B;
}

/* The inverse of B by Gauss-Jordan with row interchanges; free. NULL: a pivot is 0. */
static inline wide *wide_inverse(size_t n, const wide *B)
{
    wide *M = wide_zeros(2 * n * n), *X = wide_zeros(n * n);
    size_t width = 2 * n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            M[i * width + j] = B[i * n + j];
        }
        M[i * width + n + i] = 1;
    }
    for (size_t k = 0; k < n; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < n; i++) {
            best = wide_abs(M[i * width + k]) > wide_abs(M[best * width + k]) ? i : best;
        }
        wide pivot = M[best * width + k];
        if (pivot == 0) {
            free(M);
            free(X);
            return NULL;
        }
        for (size_t j = 0; j < width; j++) {
            wide swapped = M[best * width + j];
            M[best * width + j] = M[k * width + j];
            M[k * width + j] = swapped / pivot;
        }
        for (size_t i = 0; i < n; i++) {
            wide factor = M[i * width + k];
            for (size_t j = k; i != k && factor != 0 && j < width; j++) {
                M[i * width + j] -= factor * M[k * width + j];
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            X[i * n + j] = M[i * width + n + j];
        }
    }
    free(M);
    return X;
}

/* x = B^-1 f by elimination with row interchanges; false: a pivot is 0. */
static inline bool wide_solve(wide *x, size_t n, const wide *B, const double *f)
{
    size_t width = n + 1;
    wide *M = wide_zeros(n * width);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            M[i * width + j] = B[i * n + j];
        }
        M[i * width + n] = f[i];
    }
    bool regular = true;
    for (size_t k = 0; k < n && regular; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < n; i++) {
            best = wide_abs(M[i * width + k]) > wide_abs(M[best * width + k]) ? i : best;
        }
        for (size_t j = k; j < width && best != k; j++) {
            wide swapped = M[best * width + j];
            M[best * width + j] = M[k * width + j];
            M[k * width + j] = swapped;
        }
        regular = M[k * width + k] != 0;
        for (size_t i = k + 1; i < n && regular; i++) {
            wide factor = M[i * width + k] / M[k * width + k];
            for (size_t j = k; factor != 0 && j < width; j++) {
                M[i * width + j] -= factor * M[k * width + j];
            }
        }
    }
    for (size_t i = n; regular && i-- > 0;) {
        wide sum = M[i * width + n];
        for (size_t j = i + 1; j < n; j++) {
            sum -= M[i * width + j] * x[j];
        }
        x[i] = sum / M[i * width + i];
    }
    free(M);
    return regular;
}

/* Largest column sum of magnitudes. */
static inline wide wide_norm1(size_t n, const wide *B)
{
    wide norm = 0;
    for (size_t j = 0; j < n; j++) {
        wide sum = 0;
        for (size_t i = 0; i < n; i++) {
            sum += wide_abs(B[i * n + j]);
        }
        norm = wide_larger(norm, sum);
    }
    return norm;
}

/* What a solution x of B x = f is worth (TRUST 1.4). */
typedef struct wide_errors {
    double rho02; /* |r|_1 / (|B|_1 |x|_1 u), LAPACK's dget02 */
    double omega; /* max |r_i| / (|B| |x| + |f|)_i, Oettli & Prager; a row that is below 1000 n u
                     (|B_i| max|x| + |f_i|) by that, Arioli, Demmel & Duff 1989 */
} wide_errors;

/* x is measured by `size`, |x| for a solution that was not made of parts. */
static inline wide_errors wide_judge(size_t n, const wide *B, const double *x, const wide *size,
                                     const double *f)
{
    const wide tiny = 1000 * (wide)n * 0x1p-53;
    wide residual = 0, norm = 0, omega = 0, top = 0;
    for (size_t i = 0; i < n; i++) {
        top = wide_larger(top, size[i]);
    }
    for (size_t i = 0; i < n; i++) {
        wide r = f[i], scale = wide_abs(f[i]), row = 0;
        for (size_t j = 0; j < n; j++) {
            r -= B[i * n + j] * x[j];
            scale += wide_abs(B[i * n + j]) * size[j];
            row += wide_abs(B[i * n + j]);
        }
        residual += wide_abs(r);
        norm += size[i];
        scale += scale <= tiny * (row * top + wide_abs(f[i])) ? row * top : 0;
        omega = r == 0 ? omega : wide_larger(omega, wide_abs(r) / scale);
    }
    wide rho = residual == 0 ? 0 : residual / (wide_norm1(n, B) * norm * 0x1p-53);
    return (wide_errors){(double)rho, (double)omega};
}

/* Factors [n x (n+1)], column j at j (n+1): A above and below the diagonal, v in row n, and the
 * pivots in the place of the diagonal (TRUST 1.3); free. The columns of a step are shared among
 * the threads: each is one thread's, so the bits are the same. */
static inline wide *wide_gth_factor(size_t n, const double *A, const double *v)
{
    size_t step = n + 1;
    wide *M = wide_zeros(step * n);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            M[j * step + i] = A[i * n + j];
        }
        M[j * step + n] = v[j];
    }
    for (size_t k = 0; k < n; k++) {
        wide *from = M + k * step, d = 0;
        for (size_t i = n; i > k; i--) {
            d += from[i];
        }
        for (size_t i = k + 1; i <= n; i++) {
            from[i] /= d;
        }
        from[k] = d;
#pragma omp parallel for schedule(dynamic, 8) if (n - k > 200)
        for (size_t j = k + 1; j < n; j++) {
            wide *to = M + j * step, m = to[k];
            for (size_t i = k + 1; m != 0 && i <= n; i++) {
                to[i] += i != j && from[i] != 0 ? from[i] * m : 0;
            }
        }
    }
    return M;
}

/* (I - A) x = f by these factors, f >= 0. */
static inline void wide_gth_solve(wide *x, const wide *M, size_t n, const double *f)
{
    size_t step = n + 1;
    for (size_t i = 0; i < n; i++) {
        x[i] = f[i];
    }
    for (size_t k = 0; k < n; k++) {
        for (size_t i = k + 1; i < n; i++) {
            x[i] += M[k * step + i] * x[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++) {
            x[k] += M[j * step + k] * x[j];
        }
        x[k] /= M[k * step + k];
    }
}

#endif

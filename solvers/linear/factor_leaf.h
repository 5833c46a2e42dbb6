/* factor_leaf.h - LEAF x LEAF factors and the inverses of both triangles, for the REAL and VECTOR
 * of the file that includes it. Products and differences are rounded one by one, so that every
 * vector width gives the same bits. */

/* T = L U in place, L with the pivots; False at one that is not positive. Li, Ui: the inverses,
 * every sum in them adds numbers of one sign. */
static inline __attribute__((always_inline)) bool NAME(leaf)(REAL *T, REAL *Li, REAL *Ui)
{
    enum { WIDTH = sizeof(VECTOR) / sizeof(REAL), PARTS = LEAF / WIDTH };
    for (size_t k = 0; k < LEAF; k++) {
        REAL pivot = T[k * LEAF + k];
        if (!(pivot > 0) || !isfinite(pivot)) {
            return false;
        }
        VECTOR row[PARTS];
        REAL *to = (REAL *)row;
        for (size_t j = 0; j < LEAF; j++) {
            to[j] = j > k ? T[k * LEAF + j] / pivot : 0;
        }
        memcpy(T + k * LEAF + k + 1, to + k + 1, (LEAF - k - 1) * sizeof *T);
        for (size_t i = k + 1; i < LEAF; i++) {
            VECTOR *x = (VECTOR *)(T + i * LEAF);
            REAL factor = T[i * LEAF + k];
            for (size_t j = k / WIDTH; j < PARTS; j++) {
                x[j] -= factor * row[j];
            }
        }
    }
    for (size_t i = 0; i < LEAF; i++) {
        VECTOR *x = (VECTOR *)(Li + i * LEAF);
        for (size_t k = 0; k < i; k++) {
            const VECTOR *from = (const VECTOR *)(Li + k * LEAF);
            for (size_t j = 0; j <= i / WIDTH; j++) {
                x[j] -= T[i * LEAF + k] * from[j];
            }
        }
        for (size_t j = 0; j <= i / WIDTH; j++) {
            x[j] /= T[i * LEAF + i];
        }
    }
    for (size_t i = LEAF; i-- > 0;) {
        VECTOR *x = (VECTOR *)(Ui + i * LEAF);
        for (size_t k = i + 1; k < LEAF; k++) {
            const VECTOR *from = (const VECTOR *)(Ui + k * LEAF);
            for (size_t j = i / WIDTH; j < PARTS; j++) {
                x[j] -= T[i * LEAF + k] * from[j];
            }
        }
    }
    return true;
}

#ifdef HAVE_AVX2_KERNEL
__attribute__((target("avx2"))) static bool NAME(leaf_avx2)(REAL *T, REAL *Li, REAL *Ui)
{
    return NAME(leaf)(T, Li, Ui);
}
#endif

/* The leaf at M [n x n], rows ld apart, padded by ones; the inverses [LEAF x LEAF]. */
static bool NAME(factor_leaf)(REAL *M, size_t ld, size_t n, REAL *Li, REAL *Ui)
{
    REAL T[LEAF * LEAF] __attribute__((aligned(64)));
    memset(T, 0, sizeof T);
    memset(Li, 0, sizeof T);
    memset(Ui, 0, sizeof T);
    for (size_t i = 0; i < LEAF; i++) {
        T[i * LEAF + i] = Li[i * LEAF + i] = Ui[i * LEAF + i] = 1;
        if (i < n) {
            memcpy(T + i * LEAF, M + i * ld, n * sizeof *T);
        }
    }
    bool good;
#ifdef HAVE_AVX2_KERNEL
    good = __builtin_cpu_supports("avx2") ? NAME(leaf_avx2)(T, Li, Ui) : NAME(leaf)(T, Li, Ui);
#else
    good = NAME(leaf)(T, Li, Ui);
#endif
    for (size_t i = 0; i < n; i++) {
        memcpy(M + i * ld, T + i * LEAF, n * sizeof *T);
    }
    return good;
}

/* M = I - A; false when an element of A is negative or not a finite number. */
static bool NAME(prepare)(REAL *M, size_t n, const double *A, int threads)
{
    int bad = 0;
#pragma omp parallel for schedule(static) num_threads(threads) reduction(| : bad) if (threads > 1)
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double a = A[i * n + j];
            bad |= !(a >= 0.0 && a <= DBL_MAX);
            M[i * n + j] = (REAL)-a;
        }
        M[i * n + i] = (REAL)(1.0 - A[i * n + i]);
    }
    return bad == 0;
}

#undef REAL
#undef VECTOR
#undef NAME

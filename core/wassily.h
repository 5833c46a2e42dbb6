/* wassily.h - the one public header of libwassily, an input-output engine.
 *
 * What it does: reads sector tables (national or multi-regional), solves Leontief systems over
 * them, and estimates what tariffs, retaliation, purchases and investment pledges do to output,
 * prices and jobs. The shortest way through it:
 *
 *     wio_study_read -> wio_run -> wio_result_write          (a study file)
 *     wio_table_open -> wio_multipliers                      (a table, no study)
 *     wio_table_create -> wio_solve                          (arrays, no files)
 *
 * Conventions that hold for every function below:
 *   - a function that can fail returns wio_status; 0 is success;
 *   - outputs come first, then the object, then inputs, then options, then wio_log and wio_error;
 *   - on failure no output is changed and nothing is left allocated;
 *   - matrices are row-major doubles, row = seller, column = buyer: z(i,j) is Z[i*n + j];
 *   - money is in millions of the table's currency, at base-year prices and the table's price
 *     basis, so that every base price is 1; jobs are persons;
 *   - nothing prints, exits, aborts, or touches locale, signals or the random state;
 *   - objects are immutable after creation, so any number of threads may read one;
 *   - wio_log, wio_error and options may be NULL; NULL for what a call needs is ARGUMENT, and
 *     functions that return no status expect their object. */
#ifndef WASSILY_H
#define WASSILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WIO_VERSION "0.1.0"

#if defined(__GNUC__)
#define WIO_API __attribute__((visibility("default")))
#else
#define WIO_API
#endif

/* --- status ------------------------------------------------------------------------------- */

/* Status codes: name, pinned value, exit status of the command (sysexits), one-line text. */
#define WIO_STATUS_LIST(X)                                                                         \
    X(WIO_OK, 0, 0, "success")                                                                     \
    X(WIO_E_ARGUMENT, 1, 64, "invalid argument")                                                   \
    X(WIO_E_SHAPE, 2, 65, "dimensions do not agree")                                               \
    X(WIO_E_NONFINITE, 3, 65, "a number is missing or not finite")                                 \
    X(WIO_E_TABLE, 4, 65, "the table cannot be used")                                              \
    X(WIO_E_STUDY, 5, 65, "the study has mistakes")                                                \
    X(WIO_E_FORMAT, 6, 65, "the file cannot be understood")                                        \
    X(WIO_E_NOT_PRODUCTIVE, 7, 65, "I - A is not productive")                                      \
    X(WIO_E_SINGULAR, 8, 65, "I - A is singular")                                                  \
    X(WIO_E_UNSUPPORTED, 9, 65, "not available for this table or model")                           \
    X(WIO_E_NO_INPUT, 10, 66, "cannot read")                                                       \
    X(WIO_E_INTERNAL, 11, 70, "internal error, please report it")                                  \
    X(WIO_E_MEMORY, 12, 71, "out of memory")                                                       \
    X(WIO_E_CREATE, 13, 73, "cannot create the output")                                            \
    X(WIO_E_WRITE, 14, 74, "cannot write the output")                                              \
    X(WIO_E_INTERRUPTED, 15, 75, "interrupted")                                                    \
    X(WIO_E_NOT_CONVERGED, 16, 76, "did not converge")                                             \
    X(WIO_E_NOT_CERTIFIED, 17, 76, "accuracy could not be certified")                              \
    X(WIO_E_NO, 18, 1, "the answer is no")

typedef enum wio_status {
#define WIO_STATUS_ENUM(name, value, exit_status, text) name = value,
    WIO_STATUS_LIST(WIO_STATUS_ENUM)
#undef WIO_STATUS_ENUM
} wio_status;

/* Detail of the first failure. Owned by the caller; all-zero before use. */
typedef struct wio_error {
    wio_status status;
    char message[480];
} wio_error;

/* The list's own text and exit status; "unknown status" and 70 for what is not in it. */
WIO_API const char *wio_status_text(wio_status status);
WIO_API int wio_status_exit(wio_status status);
WIO_API const char *wio_version(void); /* WIO_VERSION of the library that runs */

/* --- log: every finding about an input, not only the first --------------------------------- */

typedef enum wio_severity { WIO_NOTE, WIO_WARNING, WIO_ERROR } wio_severity;

/* One finding. file may be NULL, line and column are 0 where they do not apply. Text and file are
 * already safe for a terminal (control characters escaped). */
typedef struct wio_finding {
    wio_severity severity;
    const char *file;
    size_t line, column;
    const char *text;
} wio_finding;

/* A log fills as functions that take one go on; use one per thread. Errors: MEMORY. */
typedef struct wio_log wio_log;

WIO_API wio_status wio_log_create(wio_log **out, wio_error *err);
WIO_API void wio_log_free(wio_log *log);
/* How many findings are at least as severe; 0 without a log. */
WIO_API size_t wio_log_count(const wio_log *log, wio_severity at_least);
/* The findings in the order they were made, NULL past the last; valid until the log is freed. */
WIO_API const wio_finding *wio_log_finding(const wio_log *log, size_t index);
/* "file:line:column: error: text" (parts that do not apply left out). Free with wio_free; NULL
 * when there is no memory. */
WIO_API char *wio_log_line(const wio_finding *finding);

/* Frees any text or array that a function of this header says to free with it. NULL is fine. */
WIO_API void wio_free(void *memory);

/* --- text: what a client needs to speak as the files do --------------------------------------- */

/* The nearest of `count` words within edit distance (length + 2) / 3, or NULL. */
WIO_API const char *wio_nearest(const char *word, const char *const *words, size_t count);
/* The whole of text[0..length) as a number: decimal point '.', optional exponent, no spaces, no
 * hex, no inf/nan. False when it is anything else or overflows. */
WIO_API bool wio_parse_double(double *value, const char *text, size_t length);
/* Shortest decimal that reads back as the same double ("nan" -> ""), '.' in every locale. */
enum { WIO_NUMBER_SIZE = 32 };
WIO_API const char *wio_format_double(char buffer[WIO_NUMBER_SIZE], double value);
/* A copy with control characters, bidi controls and invalid UTF-8 escaped for a terminal; free
 * with wio_free. NULL when there is no memory. */
WIO_API char *wio_text_safe(const char *unsafe);

/* --- tables -------------------------------------------------------------------------------- */

/* Roles decide how the models treat a final use or a primary input; names never do. */
typedef enum wio_role {
    WIO_ROLE_HOUSEHOLD,
    WIO_ROLE_GOVERNMENT,
    WIO_ROLE_INVESTMENT,
    WIO_ROLE_INVENTORY,
    WIO_ROLE_EXPORT,
    WIO_ROLE_COMPENSATION,
    WIO_ROLE_TAX,
    WIO_ROLE_SURPLUS,
    WIO_ROLE_IMPORT,
    WIO_ROLE_VALUE_ADDED,
    WIO_ROLE_OTHER,
    WIO_ROLES
} wio_role;

WIO_API const char *wio_role_name(wio_role role); /* "household", as in uses.csv */

/* What a table is made of, as plain arrays, to build one without files.
 * Origins are the n activities (endogenous regions) first, then the exogenous ones. */
typedef struct wio_table_arrays {
    const char *name, *title, *currency; /* currency "USD" */
    int year;
    const char *price_basis;  /* "basic" or "producer" */
    const char *import_split; /* "survey", "proportional" or "mixed" */
    double household_income;  /* million; 0 or NaN where it is not known */

    size_t regions;
    const char *const *region_code; /* [regions] */
    const char *const *region_name; /* [regions] or NULL: the codes */
    const bool *endogenous;         /* [regions] */
    const char *const *valuation;   /* [regions] "customs", "duty_paid", "basic"; or NULL: basic */

    size_t n, m;                           /* activities; origins, m >= n */
    const size_t *origin_region;           /* [m] index of a region, endogenous for the first n */
    const char *const *origin_sector;      /* [m] sector code */
    const char *const *origin_sector_name; /* [m] or NULL: the codes */

    size_t f;
    const size_t *final_region;   /* [f] */
    const char *const *final_use; /* [f] use code */
    const wio_role *final_role;   /* [f] household..export */
    size_t p;
    const char *const *primary_item; /* [p] */
    const wio_role *primary_role;    /* [p] compensation..other */
    size_t k;
    const char *const *account;      /* [k] "jobs" is the account the models know */
    const char *const *account_unit; /* [k] */

    const double *Z; /* [m x n] intermediate flows */
    const double *Y; /* [m x f] final demand */
    const double *P; /* [p x n] primary inputs */
    const double *S; /* [k x n] satellites; NaN = missing */
} wio_table_arrays;

typedef struct wio_table wio_table;

/* A table from arrays; everything is copied. x = Z 1 + Y 1 over the n activity rows.
 * Errors: ARGUMENT, SHAPE, NONFINITE, TABLE (negative output, a sector that buys but does not
 * produce, duplicate labels), MEMORY. Does not check the identities: wio_table_check does.
 * Cost: reads and copies (m + p + k) n + m f numbers. */
WIO_API wio_status wio_table_create(wio_table **out, const wio_table_arrays *arrays, wio_log *log,
                                    wio_error *err);
WIO_API void wio_table_free(wio_table *table);

/* A table by name or path: the name of an embedded table (`wassily tables`), a native folder, or
 * a packed HDF5 file. Relative paths are tried from base_folder (NULL: the current folder).
 * Embedded tables are looked for in $WASSILY_TABLES, then beside the program's sources, then
 * where `make install` put them.
 * Errors: ARGUMENT, NO_INPUT, FORMAT, TABLE, NONFINITE, MEMORY; every finding is in the log. */
WIO_API wio_status wio_table_open(wio_table **out, const char *name_or_path,
                                  const char *base_folder, wio_log *log, wio_error *err);

/* Write a table: a native folder, or one packed HDF5 file. Every double is kept.
 * Errors: CREATE (it exists and `overwrite` is false, or no place to write), WRITE, MEMORY. */
WIO_API wio_status wio_table_write_folder(const wio_table *table, const char *path, bool overwrite,
                                          wio_error *err);
WIO_API wio_status wio_table_write_hdf5(const wio_table *table, const char *path, bool overwrite,
                                        wio_error *err);

/* Names of the embedded tables that can be found, sorted, NULL-terminated; one block, free with
 * wio_free. Errors: MEMORY. */
WIO_API wio_status wio_table_names(char ***names, wio_error *err);

/* What a table is. Strings and arrays live as long as the table. */
typedef struct wio_table_info {
    const char *name, *title, *currency, *unit, *price_basis, *import_split, *licence;
    int year;
    size_t n, m, f, p, k, regions;
    double household_income; /* NaN where not known */
    size_t sources;
    const char *const *source;
    size_t notes;
    const char *const *note;
} wio_table_info;

WIO_API void wio_table_describe(wio_table_info *info, const wio_table *table);

/* Labels, NULL past the last index; *endogenous and *unit may be NULL. An origin is a seller: the n
 * activities first, then the sectors of exogenous regions. All live as long as the table. */
WIO_API const char *wio_table_region(const wio_table *table, size_t region, bool *endogenous);
WIO_API const char *wio_table_origin_region(const wio_table *table, size_t origin);
WIO_API const char *wio_table_origin_sector(const wio_table *table, size_t origin);
WIO_API const char *wio_table_sector_name(const wio_table *table, size_t origin);
WIO_API const char *wio_table_account(const wio_table *table, size_t account, const char **unit);

/* What a study can name: every code of a kind in the table's order, with its name. */
typedef enum wio_code {
    WIO_CODE_REGION,
    WIO_CODE_SECTOR,
    WIO_CODE_GROUP,   /* of sectors; no name */
    WIO_CODE_USE,     /* of final demand */
    WIO_CODE_ITEM,    /* primary input */
    WIO_CODE_ACCOUNT, /* satellite; the name is its unit */
    WIO_CODE_COLUMN,  /* of a further file; the name is the file */
    WIO_CODES
} wio_code;

/* The code at `index`, NULL past the last one; *name may be NULL. Both live as long as the table. */
WIO_API const char *wio_table_code(const char **name, const wio_table *table, wio_code kind,
                                   size_t index);

/* The matrices, as long as the table lives. */
WIO_API const double *wio_table_Z(const wio_table *table); /* [m x n] */
WIO_API const double *wio_table_Y(const wio_table *table); /* [m x f] */
WIO_API const double *wio_table_P(const wio_table *table); /* [p x n] */
WIO_API const double *wio_table_S(const wio_table *table); /* [k x n] */
WIO_API const double *wio_table_x(const wio_table *table); /* [n] gross output, row sums */

/* Accuracy of a solve, proven where it says so (Higham, Accuracy and Stability, 2nd ed., ch. 7;
 * Alefeld & Herzberger for the M-matrix bound). */
typedef struct wio_certificate {
    bool productive;   /* proven: spectral radius of A < 1 and (I-A)^-1 >= 0 */
    bool nonnegative;  /* A has no negative element */
    double radius_low; /* Collatz-Wielandt bounds of the spectral radius of A */
    double radius_high;
    double condition;      /* norm1(I-A) norm1((I-A)^-1), exact for an M-matrix */
    double backward_error; /* largest over right-hand sides, normwise */
    double componentwise;  /* largest Oettli-Prager error; where the method says "bounded
                              beforehand", both are of random combinations of 64 right-hand sides */
    double error_bound;    /* proven bound of |x - exact| / max|x|, largest over solves */
    size_t solves;         /* right-hand sides behind these figures */
    char method[64];
} wio_certificate;

/* A square matrix of coefficients as it is stored: dense rows, or compressed sparse rows. A view:
 * the arrays stay the caller's, unchanged, for as long as the view is used. */
typedef struct wio_matrix {
    size_t n;
    const double *dense;    /* [n x n] row-major; NULL: the three below hold the matrix */
    const size_t *start;    /* [n + 1] row i is at start[i] to start[i+1] - 1 */
    const uint32_t *column; /* [start[n]] ascending within a row */
    const double *value;    /* [start[n]] */
} wio_matrix;

/* Every identity of a table (rows and columns add up, income equals expenditure) and whether
 * I - A is productive. Findings go to the log with the sectors named.
 * Errors: ARGUMENT, NO (an identity fails; the report is filled), MEMORY.
 * Cost: one factorisation, 2/3 n^3 flops.
 * Source: Miller & Blair, Input-Output Analysis, 3rd ed., chapters 2 and 4. */
typedef struct wio_table_report {
    double row_gap, column_gap; /* B1, B2: largest |gap| / max(x, 1e-9 sum x) */
    double gdp_gap;             /* B3 / B5: relative */
    size_t zero_output, negative_flows, negative_final, column_sums_above_one;
    double output_covered_by_jobs; /* share of output whose jobs are known, 0 without jobs */
    double gdp, output, jobs;      /* million, million, persons (covered activities) */
    wio_certificate certificate;
} wio_table_report;

WIO_API wio_status wio_table_check(wio_table_report *report, const wio_table *table, wio_log *log,
                                   wio_error *err);

/* What is asked of a table before anything is solved with it (wio_run asks by itself): identities
 * B1 to B3, B5 and B7 of MODEL 1.2, findings in the log. TABLE when a column misses its output by
 * more than 1e-2 and more than rounding explains. No factorisation. */
WIO_API wio_status wio_table_balanced(const wio_table *table, wio_log *log, wio_error *err);

/* --- solvers: (I - A) x = f for a matrix of your own ------------------------------------------- */

/* How (I - A) x = f is solved. */
typedef enum wio_method {
    WIO_METHOD_AUTO,      /* the cheapest that is safe; the plan says which and why */
    WIO_METHOD_LU,        /* dense factors in double precision, the error proven beforehand */
    WIO_METHOD_REFINED,   /* the same, and every right-hand side refined by its own residual */
    WIO_METHOD_MIXED,     /* dense factors in single precision, refined to double */
    WIO_METHOD_KRYLOV,    /* no factors: GMRES or BiCGStab on products with A */
    WIO_METHOD_ENTRYWISE, /* elimination without subtraction: all digits of every element */
    WIO_METHODS
} wio_method;

/* "auto", "lu", "refined", "mixed", "krylov", "entrywise"; NULL past the last. */
WIO_API const char *wio_method_name(wio_method method);

typedef struct wio_solver_options {
    wio_method method;
    int threads;             /* 0: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else the affinity mask */
    size_t right_hand_sides; /* how many will be asked for in all; 0: one */
    const size_t *block;     /* [blocks + 1] where groups that mostly deal among themselves begin */
    size_t blocks;           /* (regions), for the preconditioner; 0: none known */
    double memory;           /* bytes that may be used beside A; 0: what limits and machine leave */
} wio_solver_options;

/* Which method, why, and what it is expected to cost beside A itself. */
typedef struct wio_plan {
    wio_method method;
    double seconds;                  /* creation and all right-hand sides, on this machine */
    double bytes;                    /* peak */
    double alternative[WIO_METHODS]; /* seconds of every method; NaN where it cannot be used */
    char reason[240];
    double took, held; /* seconds of the solver's creation and its peak bytes; 0 in a mere plan */
} wio_plan;

/* The plan for a matrix; nothing is solved. The method depends on the order, the number of
 * elements, right_hand_sides, v and the memory there is, never on the threads or a clock, so that
 * the bits do not either. `seconds` is scaled by the machine's rates, measured in some milliseconds
 * where the work is worth it.
 *   v        [n] column shares that are not in A, or NULL; needed for ENTRYWISE
 *   options  NULL: all zero
 * Errors: ARGUMENT, MEMORY (no method fits: the message has the bytes), UNSUPPORTED (the method
 * asked for cannot be used: what it lacks). */
WIO_API wio_status wio_plan_make(wio_plan *out, const wio_matrix *A, const double *v,
                                 const wio_solver_options *options, wio_error *err);

/* Ready to solve, whichever method is behind it. Immutable: any number of threads may use one. */
typedef struct wio_system wio_solver;

/* Prove that I - A can be solved with, by the planned method.
 *   A     dense A is copied by methods with factors; otherwise A has to outlive the solver
 *   v     [n] column shares that are not in A, as data (1 - column sum, value added and imports per
 *         unit of output), or NULL: names closed groups without rounding, and keeps all digits where
 *         the condition number is above 1e8
 *   plan  what was chosen, filled on success; may be NULL
 * AUTO falls back to factors, if they fit, where a Krylov method does not converge; the plan says so.
 * Errors: as wio_plan_make; NONFINITE, NOT_PRODUCTIVE (radius proven >= 1, or not proven below 1; the
 * rows that lead are in the message), SINGULAR, NOT_CONVERGED.
 * Cost: with factors 2/3 n^3 flops (half in single precision), else some 25 readings of A. */
WIO_API wio_status wio_solver_create(wio_solver **out, const wio_matrix *A, const double *v,
                                     const wio_solver_options *options, wio_plan *plan,
                                     wio_error *err);
WIO_API void wio_solver_free(wio_solver *solver);

/* (I - A) x = f for k right-hand sides, or (I - A)' x = f when transposed.
 *   X            [k x n] solutions, one after the other; X may be F
 *   certificate  how good they are, proven; may be NULL
 * A solution's bits do not depend on the other right-hand sides or on the number of threads.
 * Errors: NONFINITE, NOT_CERTIFIED, NOT_CONVERGED, MEMORY. Cost: 2 n^2 k flops with factors. */
WIO_API wio_status wio_solver_solve(double *X, const wio_solver *solver, size_t k, const double *F,
                                    bool transposed, wio_certificate *certificate, wio_error *err);

/* --- results: named variables over named dimensions ----------------------------------------- */

typedef struct wio_result wio_result;

/* data[(i * length[1] + j) * length[2] + k] for rank 3. A dimension has its labels in the text
 * variable of the same name. `wassily info RESULT.h5` lists what a study's result has. */
typedef struct wio_variable {
    const char *name, *units, *long_name;
    size_t rank;              /* 0 to 3 */
    const char *dimension[3]; /* names, slowest first */
    size_t length[3];
    const double *data;      /* NaN = not known or not modelled; NULL for a text variable */
    const char *const *text; /* NULL for a number variable */
} wio_variable;

WIO_API void wio_result_free(wio_result *result);
WIO_API size_t wio_result_variables(const wio_result *result); /* how many */
/* NULL past the last, and for a name that is not there; as long as the result lives. */
WIO_API const wio_variable *wio_result_variable(const wio_result *result, size_t index);
WIO_API const wio_variable *wio_result_find(const wio_result *result, const char *name);
/* A text attribute ("title", "closure", "provenance/study_text", ...), or NULL. */
WIO_API const char *wio_result_attribute(const wio_result *result, const char *name);

typedef struct wio_write_options {
    bool overwrite;    /* replace an existing file */
    bool reproducible; /* leave out time, host and machine: the same run gives the same bytes */
} wio_write_options;

/* One netCDF-4 file, written beside its final name, synced, verified, then renamed: under `path`
 * there is the whole file or what was there before. options NULL: all false.
 * Errors: CREATE (it exists, or no place to write), WRITE, MEMORY. */
WIO_API wio_status wio_result_write(const wio_result *result, const char *path,
                                    const wio_write_options *options, wio_error *err);
/* Every number, text and attribute back. Errors: NO_INPUT, FORMAT (not ours, or damaged), MEMORY. */
WIO_API wio_status wio_result_read(wio_result **out, const char *path, wio_error *err);

typedef struct wio_text_options {
    bool colour;
    size_t width; /* columns; 0 = 80 */
} wio_text_options;

/* The screen, JSON and CSV forms of a result; free the text with wio_free. CSV is long form:
 * variable,<dimension labels...>,value for a study, or one line per activity for multipliers.
 *   path      where the result is, for the last line; may be NULL
 *   variable  this one only; NULL: all
 * Errors: ARGUMENT (no such variable, with the nearest), MEMORY. */
WIO_API wio_status wio_result_screen(char **text, const wio_result *result, const char *path,
                                     const wio_text_options *options, wio_error *err);
WIO_API wio_status wio_result_json(char **text, const wio_result *result, wio_error *err);
WIO_API wio_status wio_result_csv(char **text, const wio_result *result, const char *variable,
                                  wio_error *err);

/* --- studies ------------------------------------------------------------------------------- */

typedef struct wio_study wio_study;

/* Read and check a study and the table it names. Every mistake goes to the log with its place;
 * the status is STUDY when there is one. The study owns its table.
 * Errors: ARGUMENT, NO_INPUT, STUDY, MEMORY. */
WIO_API wio_status wio_study_read(wio_study **out, const char *path, wio_log *log, wio_error *err);
WIO_API void wio_study_free(wio_study *study);
WIO_API const wio_table *wio_study_table(const wio_study *study);

/* The reference of study files, from the schema table itself (Markdown, or JSON); free with
 * wio_free. Errors: MEMORY. */
WIO_API wio_status wio_schema_text(char **text, bool json, wio_error *err);

typedef struct wio_run_options {
    int threads; /* 0: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else the affinity mask */
    bool reproducible;
    bool allow_uncertified; /* answer also above a proven error bound of 1e-4 */
    bool demand_matrix;     /* also the matrix "whose demand -> whose jobs" */
    wio_method method;      /* how the table's own system is solved */
    double memory;          /* bytes that solving it may use; 0: what limits and machine leave */
    /* called by one thread at a time, NULL: never */
    void (*progress)(void *context, size_t done, size_t total, const char *what);
    void *context;
    const volatile int *stop; /* set to nonzero to stop: INTERRUPTED */
} wio_run_options;

/* Solve every scenario under every sensitivity case of a study, and the break-even search.
 *   options  NULL: all zero
 * The bits of the result do not depend on the number of threads.
 * Errors: ARGUMENT, TABLE (it does not add up), NOT_PRODUCTIVE, STUDY (what only the numbers show: a
 * plant that displaces more imports than there are), UNSUPPORTED, NOT_CONVERGED, NOT_CERTIFIED,
 * INTERRUPTED, MEMORY.
 * Cost: one factorisation (2/3 n^3 flops) of the table, one for each case of a scenario with
 * substitution, and a few n^2 for everything else. */
WIO_API wio_status wio_run(wio_result **out, const wio_study *study, const wio_run_options *options,
                           wio_log *log, wio_error *err);

/* --- questions to a table without a study ---------------------------------------------------- */

typedef enum wio_income {
    WIO_INCOME_TOTAL,
    WIO_INCOME_WAGES,
    WIO_INCOME_DISPOSABLE,
    WIO_INCOME_AMOUNT
} wio_income;

typedef struct wio_household_options {
    bool endogenous;             /* false: Type I */
    wio_income income;           /* the denominator of the consumption column */
    double amount;               /* million, with WIO_INCOME_AMOUNT */
    double tax, saving, leakage; /* shares, with WIO_INCOME_DISPOSABLE */
    double replacement;          /* share of new wages that replaces benefits, 0 */
    size_t rounds;               /* 0: all rounds; K: truncated after K */
} wio_household_options;

/* Multipliers of every activity, per million of final demand for its output:
 *   output 1'L, value_added v'L, compensation h'L, imports 1'A_m L, and s'L for each satellite.
 * Variables of the result: one per column over dimension `activity`, NaN where the table lacks it.
 * Type II sums over industries only. Source: Miller & Blair, 3rd ed., chapter 6.
 *   households  NULL: exogenous
 *   how         method, threads and memory; NULL: all zero. Regions are its blocks, and the number
 *               of right-hand sides is known: what it says of these is not used
 * Attributes plan/<field>: what was chosen, why, predicted and actual seconds and bytes.
 * Errors: ARGUMENT, TABLE (no household income, no compensation), NOT_PRODUCTIVE, MEMORY.
 * Cost: one factorisation or some 25 readings of A, one block of 4 + k transposed solves. */
WIO_API wio_status wio_multipliers(wio_result **out, const wio_table *table,
                                   const wio_household_options *households,
                                   const wio_solver_options *how, wio_error *err);

/* Output for a final demand: x = (I-A)^-1 f, with value added, imports and satellites.
 *   f [n] million. Variables: demand, output, value_added, imports, <satellites>; the attributes
 *   total/<variable> hold their sums.
 *   households, how  as above
 * Errors: ARGUMENT, TABLE, NOT_PRODUCTIVE, NONFINITE, MEMORY. Cost: one factorisation, one solve, or
 * some 45 readings of A.
 * Source: Miller & Blair, 3rd ed., section 2.2. */
WIO_API wio_status wio_solve(wio_result **out, const wio_table *table, const double *f,
                             const wio_household_options *households, const wio_solver_options *how,
                             wio_error *err);

typedef struct wio_invert_options {
    int threads; /* 0: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else the affinity mask */
    bool quick;  /* estimate the residual and prove no bound of the error: half the time */
    bool reproducible;
} wio_invert_options;

/* The Leontief inverse L = (I-A)^-1, l(i,j) = output of i per unit of final demand for j.
 *   options  may be NULL: all threads, and every element's error bounded
 * Result: variable leontief_inverse [n x n] over (activity, demand), labels and coordinates of the
 * activities; attributes certificate/<field> of wio_certificate, and certificate/residual
 * |I-BL|_1 / (n |B|_1 |L|_1 u), certificate/residual_kind ("computed", "estimated"),
 * certificate/clamped (elements within rounding below 0 that were set to 0).
 * The bits do not depend on the number of threads.
 * Errors: NOT_PRODUCTIVE (the sectors named in the log), SINGULAR, NOT_CERTIFIED, NONFINITE,
 * ARGUMENT, MEMORY. Cost: 2 n^3 flops, 4 n^3 unless quick; with negative coefficients one refined
 * solve per row. Memory: 3 n^2 doubles beside the table, 4 n^2 with negative coefficients.
 * Source: Miller & Blair, Input-Output Analysis, 3rd ed., section 2.3. */
WIO_API wio_status wio_invert(wio_result **out, const wio_table *table,
                              const wio_invert_options *options, wio_log *log, wio_error *err);

typedef enum wio_extract_kind {
    WIO_EXTRACT_TOTAL,    /* row, column and final demand of k become 0 */
    WIO_EXTRACT_BACKWARD, /* what k buys of the table comes from outside: its column of A */
    WIO_EXTRACT_FORWARD   /* what industries buy of k is imported instead: its row of A */
} wio_extract_kind;

typedef struct wio_extract_options {
    wio_extract_kind kind;
    double share;              /* of the links that are cut, up to 1; 0: all. 1 with TOTAL */
    const char *const *sector; /* [sectors] "USA.334413", or "334413" in every region: taken out */
    size_t sectors;            /* together; 0 without a group: every activity in turn */
    const char *group;         /* a group of the table's sectors, taken out together; or NULL */
    int threads;               /* 0: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else the affinity mask */
    bool reproducible;
} wio_extract_options;

/* Hypothetical extraction: the output, value added and satellites that hang on an activity's links
 * at today's coefficients. s = share, y = amount_k / ((1-s) + s l_kk):
 *   total     x - x* = L e_k x_k / l_kk
 *   backward  x - x* = s (L - I) e_k y, amount = x       forward  x - x* = s L e_k y, amount = A x
 *   options   may be NULL: total, every activity in turn
 * Result, every activity in turn: <name>_lost, <name>_lost_outside (in all other activities) over
 * activity, for output, value_added and each satellite. Some together: <name>_lost over activity,
 * extracted (1 or 0), attributes total/<name>_lost and outside/<name>_lost, and
 * certificate/changed_residual, the residual of the changed equations.
 * What a satellite lacks counts as 0: attributes lower_bound and coverage/<name>. Attributes kind,
 * share, extracted, limits, certificate/<field>, plan/<field>.
 * Errors: ARGUMENT (no such sector or group; share), NOT_PRODUCTIVE (the sectors named in the log),
 * SINGULAR, NOT_CERTIFIED, NONFINITE, MEMORY (with the bytes, before anything is solved).
 * Cost: one inverse (4 n^3 flops with its proof) and 2 n^2 a satellite; together: one factorisation
 * and a solve for each. Memory: 3 n^2 doubles beside the table, 4 n^2 with negative coefficients.
 * Source: Dietzenbacher, van der Linden & Steenge 1993; Dietzenbacher & van der Linden 1997. */
WIO_API wio_status wio_extract(wio_result **out, const wio_table *table,
                               const wio_extract_options *options, wio_log *log, wio_error *err);

/* --- tariff schedules: from product lines to sector rates -------------------------------------- */

typedef struct wio_schedule wio_schedule;

/* Read a schedule from three CSV files. Product codes are text; a line or a membership applies to
 * every trade code that begins with its code, and the longest one that does decides.
 *   lines        hs,kind,authority,rate[,partner,from,to]: kind base (MFN), replace (column 2, a
 *                preference), add (section 301, 232, ...) or except (the share of the line that the
 *                authority leaves out); rate as 0.25 or 25%, empty where a duty is specific and no ad
 *                valorem equivalent is given; partner empty or *: every one; dates yyyy-mm-dd,
 *                both days included, empty: open
 *   trade        hs,value[,partner]: imports at customs value, in one currency
 *   concordance  hs,sector[,weight]: weights of a code add up to 1; without the column, 1
 * Errors: NO_INPUT, FORMAT (every mistake in the log), MEMORY. */
WIO_API wio_status wio_schedule_read(wio_schedule **out, const char *lines, const char *trade,
                                     const char *concordance, wio_log *log, wio_error *err);
WIO_API void wio_schedule_free(wio_schedule *schedule);

typedef struct wio_rates_options {
    int date;                     /* yyyymmdd; needed */
    const char *const *authority; /* [authorities] those that count; NULL: all */
    size_t authorities;
    bool allow_unmapped; /* leave out trade without a sector or without a line, and say how much */
    bool allow_unknown;  /* leave out trade whose duty has no ad valorem part, and say how much */
} wio_rates_options;

/* Sector rates on a date, weighted by trade, for every partner in the trade file. On an entry
 *   t = (base, or what replaces it) (1 - e) + sum over authorities a of add_a (1 - e_a),
 * where e is the share that is excepted: rates on one entry add, they do not compound (MODEL S5).
 * Result: rate, base_rate, added_rate (trade-weighted shares), simple_mean, least, most, spread (the
 * trade-weighted standard deviation inside the sector: what one rate per sector hides), trade,
 * unknown_trade, lines, all over (sector, partner); NaN where there is no trade to weigh with.
 * Attributes total/trade, total/unmapped, total/without_line, total/unknown.
 * Errors: ARGUMENT, TABLE (trade without sector or line, or of unknown duty, in money in the log, unless
 * allowed; two lines of one authority on an entry), MEMORY. */
WIO_API wio_status wio_rates(wio_result **out, const wio_schedule *schedule,
                             const wio_rates_options *options, wio_log *log, wio_error *err);

/* A demand vector from a CSV file with the columns region,sector,demand (or sector,demand for one
 * endogenous region). Activities that are not listed get 0. *f [n] million, free with wio_free.
 * Errors: NO_INPUT, FORMAT (every mistake in the log), MEMORY. */
WIO_API wio_status wio_demand_read(double **f, const wio_table *table, const char *path,
                                   wio_log *log, wio_error *err);

/* --- the machine: what wassily doctor and wassily bench say --------------------------------------- */

/* One line of a check-up: NOTE is well, WARNING works but badly, ERROR is not safe to use. */
typedef struct wio_check {
    wio_severity severity;
    const char *subject; /* "same bits" */
    const char *found;
    const char *advice; /* what to do; NULL for NOTE */
} wio_check;

/* A check-up fills as the three functions below look; use one per thread. */
typedef struct wio_checkup wio_checkup;

WIO_API wio_status wio_checkup_create(wio_checkup **out, wio_error *err);
WIO_API void wio_checkup_free(wio_checkup *checkup);
/* The lines in the order they were made, NULL past the last; as long as the check-up lives. */
WIO_API const wio_check *wio_checkup_line(const wio_checkup *checkup, size_t index);

/* Threads and why so many, memory and its limits, open files, floating point, locale. Errors: MEMORY. */
WIO_API wio_status wio_checkup_system(wio_checkup *checkup, int threads, wio_error *err);
/* BLAS, its kernel and LAPACK; the rates of the matrix product and of reading memory, with one and
 * with all threads; whether fixed work gives the same bits with 1, 2, 3 and all threads, alone and
 * in a batch. One to three seconds. Errors: MEMORY. */
WIO_API wio_status wio_checkup_solvers(wio_checkup *checkup, int threads, wio_error *err);
/* HDF5, libyaml, the embedded tables. Errors: MEMORY. */
WIO_API wio_status wio_checkup_files(wio_checkup *checkup, wio_error *err);

typedef enum wio_bench_size { WIO_BENCH_SMALL, WIO_BENCH_MEDIUM, WIO_BENCH_LARGE } wio_bench_size;

/* One case of the bench at one size. */
typedef struct wio_bench_line {
    const char *name;         /* "inverse_quick" */
    size_t n, entries, sides; /* equations, stored elements of A, right-hand sides */
    int threads;
    size_t runs;
    double best, median; /* seconds */
    double rate;         /* of the best run; NaN where nothing is counted */
    const char *unit;    /* "GF/s" or "GB/s" */
    double limit;        /* the machine's own rate in the same run, same unit, same threads */
    double residual;  /* normwise backward error; of an inverse |I-BX| / (n |B| |X| u); NaN: none */
    const char *bits; /* 16 hexadecimal digits of the SHA-256 of the answer */
} wio_bench_line;

typedef struct wio_bench_options {
    int threads;         /* 0: OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, else the affinity mask */
    wio_bench_size size; /* small: n 400, seconds; medium: to 2,464; large: to 9,800, minutes */
    double seconds;      /* budget for each line, after which no run begins; 0: 2 */
    void (*line)(void *context, const wio_bench_line *line); /* called as each is done */
    void *context;
} wio_bench_options;

/* Time what the library does on matrices made from a seed. What does not fit in the memory that is
 * left, or is not available, is left out, with a NOTE in the log.
 * Errors: ARGUMENT (no line function), MEMORY; whatever a solver returns. */
WIO_API wio_status wio_bench(const wio_bench_options *options, wio_log *log, wio_error *err);

#ifdef __cplusplus
}
#endif
#endif

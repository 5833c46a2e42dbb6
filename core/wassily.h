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

/* The nearest of `count` words within edit distance (length + 2) / 3, or NULL; also where there are
 * more than 10,000 of them. */
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

/* A matrix of numbers as it is stored: dense rows, or compressed sparse rows. It is square, but for the
 * flows of a table, which have a row for every origin. A view: the arrays stay the caller's,
 * unchanged, for as long as the view is used. */
typedef struct wio_matrix {
    size_t n;               /* columns; rows too: then start is [n + 1] */
    const double *dense;    /* [n x n] row-major; NULL: the three below hold the matrix */
    const size_t *start;    /* [rows + 1] row i is at start[i] to start[i+1] - 1 */
    const uint32_t *column; /* [start[rows]] ascending within a row */
    const double *value;    /* [start[rows]] */
} wio_matrix;

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

    const wio_matrix
        *flows; /* instead of Z: compressed rows, start [m + 1], columns below n; what is
                                not stored is 0 */
} wio_table_arrays;

typedef struct wio_table wio_table;

/* A table from arrays; everything is copied. x = Z 1 + Y 1 over the n activity rows. With `flows` they
 * stay in compressed rows: wio_solve, wio_multipliers, wio_table_check, wio_table_gaps and
 * wio_table_balanced take such a table, what needs Z in full refuses it (UNSUPPORTED).
 * Errors: ARGUMENT, SHAPE, NONFINITE, TABLE (negative output, a sector that buys but does not
 * produce, duplicate labels), MEMORY. Does not check the identities: wio_table_check does.
 * Cost: reads and copies (m + p + k) n + m f numbers. */
WIO_API wio_status wio_table_create(wio_table **out, const wio_table_arrays *arrays, wio_log *log,
                                    wio_error *err);
WIO_API void wio_table_free(wio_table *table);

/* A table by name or path: the name of an embedded table (`wassily tables`), a native folder, or
 * a packed HDF5 file; of a packed file with several years "series.h5:2010". Relative paths are
 * tried from base_folder (NULL: the current folder).
 * Embedded tables are looked for in $WASSILY_TABLES, then beside the program's sources, then
 * where `make install` put them.
 * Errors: ARGUMENT, NO_INPUT, FORMAT, TABLE, NONFINITE, MEMORY; every finding is in the log. */
WIO_API wio_status wio_table_open(wio_table **out, const char *name_or_path,
                                  const char *base_folder, wio_log *log, wio_error *err);

/* Another name or title for a table; NULL: it stays. Whatever makes a table out of another gives it a name
 * and a title that say so ("us-2017-aggregated"). Errors: ARGUMENT, MEMORY. */
WIO_API wio_status wio_table_rename(wio_table *table, const char *name, const char *title,
                                    wio_error *err);

/* Adds a further file to a table, a CSV file with a line of column names, or replaces the one of
 * that name ("tariffs.csv"): a study can ask for its columns. `columns.csv` describes the columns
 * of others for whatever makes a table out of this one.
 * Errors: ARGUMENT (a name of the layout's own files), NO_INPUT, FORMAT, MEMORY. */
WIO_API wio_status wio_table_add_file(wio_table *table, const char *name, const char *path,
                                      wio_log *log, wio_error *err);

/* The table that a mapping describes: a YAML file that says what the rows, columns and numbers of
 * CSV, TSV or XLSX files are (io/README.md, "A table from any file"). Paths in it are relative to it.
 * Every mistake of the mapping, then of the labels, then of the numbers is in the log with its place.
 * Errors: ARGUMENT, NO_INPUT, FORMAT, TABLE, NONFINITE, MEMORY.
 * Cost: the text, its cells and twice the table in memory. */
WIO_API wio_status wio_table_import_mapping(wio_table **out, const char *mapping_path, wio_log *log,
                                            wio_error *err);

/* Write a table: a native folder, or one packed HDF5 file. Every double is kept.
 * Errors: CREATE (it exists and `overwrite` is false, or no place to write), WRITE, MEMORY. */
WIO_API wio_status wio_table_write_folder(const wio_table *table, const char *path, bool overwrite,
                                          wio_error *err);
WIO_API wio_status wio_table_write_hdf5(const wio_table *table, const char *path, bool overwrite,
                                        wio_error *err);

/* --- packed files: several years, and tables larger than memory ---------------------------------- */

/* A packed file with a table for each year. Labels that are the same in several years are stored
 * once. begin: a new file, or with `append` the file that is there (a series; not created). add: the
 * year is the table's own. end: read back, checked, and under its name in one step: the file is as
 * it was, or has all of the years. end and abort free the object, whatever the status.
 * Errors: CREATE (it exists, or no place to write), NO_INPUT and FORMAT (append to what is no
 * series, or is damaged), TABLE (the year is there), WRITE, MEMORY.
 * Memory: the tables that are added stay the caller's; nothing of their size is allocated. */
typedef struct wio_series wio_series;
WIO_API wio_status wio_series_begin(wio_series **out, const char *path, bool append, bool overwrite,
                                    wio_error *err);
WIO_API wio_status wio_series_add(wio_series *series, const wio_table *table, wio_error *err);
WIO_API wio_status wio_series_end(wio_series *series, wio_error *err);
WIO_API void wio_series_abort(wio_series *series);

/* The years of a packed file, ascending: one for a single table; one block, free with wio_free.
 * Errors: NO_INPUT, FORMAT, MEMORY. Cost: reads a list of labels. */
WIO_API wio_status wio_table_years(int **years, size_t *count, const char *path, wio_error *err);

/* A packed table that stays in its file: labels, sources and notes are read, numbers as they are asked
 * for. An object may be used by one thread at a time. What was written is checked where it is read:
 * damage to numbers that nobody asked for is not noticed.
 * Errors: as wio_table_open; UNSUPPORTED (a folder, or a file that another program laid out).
 * Cost: does not depend on the size of Z. */
typedef struct wio_table_file wio_table_file;
WIO_API wio_status wio_table_file_open(wio_table_file **out, const char *name_or_path,
                                       const char *base_folder, wio_log *log, wio_error *err);
WIO_API void wio_table_file_close(wio_table_file *file);
/* Its outline: wio_table_describe, its labels and codes. Arrays of it are NULL, and functions that
 * need numbers refuse it (UNSUPPORTED). Lives as long as the file is open. */
WIO_API const wio_table *wio_table_file_outline(const wio_table_file *file);
/* The block [rows x columns] of Z that begins at (row, column), row after row.
 * Errors: SHAPE (it is not inside Z), FORMAT (damaged), MEMORY; Z may be changed then.
 * Cost: whole rows are read at the speed of memory; pieces of 1 MiB are read to check them. */
WIO_API wio_status wio_table_file_block(double *Z, wio_table_file *file, size_t row, size_t rows,
                                        size_t column, size_t columns, wio_error *err);

/* False when the table, its coefficients and the cheapest method in memory need more than the machine and
 * its limits leave: then the flows have to stay in their file. */
WIO_API bool wio_table_file_fits(const wio_table_file *file);

/* Answers with Z in its file: all-zero means default. Memory: 32 MiB and vectors. */
typedef struct wio_stream_options {
    double relative; /* how small the proven bound of the error has to be, 0: 1e-10 */
    int threads;     /* for products with Z, as everywhere; the bits do not depend on it */
} wio_stream_options;

/* How a published table is read; all-zero: as the source says. */
typedef struct wio_import_options {
    int year;              /* 0: found in the source, or refused */
    const char *name;      /* of the table; NULL: format and year */
    const char *unit;      /* "million EUR"; NULL: the format's or the source's */
    const char *region;    /* code of the region of a national table that does not say it */
    const char *roles;     /* CSV file code,role: what codes are that the importer does not know, or
                               should be; the role "left_out" leaves them out */
    const char *merge;     /* CSV file region,sector,into_region,into_sector: activities to add to
                               others, such as those without usable output; or, with the last two
                               empty, to leave out */
    const char *satellite; /* CSV file region,sector,account,unit,value to join */
    const char *concordance; /* CSV file region,sector,into_region,into_sector,weight: where its
                                numbers go; NULL: to the same codes */
} wio_import_options;

/* A table from a published format (wio_import_format), or "auto": found out by names of files and
 * first lines, and said in the log. Nothing is clipped, filled, balanced or renamed; what was read,
 * the roles of codes, and what was left out are notes in the log and in the table.
 * Errors: ARGUMENT (no such format), NO_INPUT, FORMAT (unknown codes, labels that do not fit,
 * numbers that are none: all in the log), UNSUPPORTED (the source is of no known format), TABLE,
 * NONFINITE, MEMORY. Memory: the table and the text of its files; of a workbook its cells too. */
WIO_API wio_status wio_table_import(wio_table **out, const char *format, const char *source,
                                    const wio_import_options *options, wio_log *log,
                                    wio_error *err);
/* The name of a format, NULL past the last; *reads (may be NULL) what it reads, in one line. */
WIO_API const char *wio_import_format(const char **reads, size_t index);
/* The format of a source as "auto" finds it, or NULL. No numbers are read. */
WIO_API const char *wio_import_detect(const char *source);

/* What a source has, from its labels: no number of it is read. */
typedef struct wio_import_summary {
    const char *format, *reads;
    char title[200], unit[40]; /* "" where the source does not say it */
    int year;                  /* 0: the same */
    size_t regions, activities, imports, final_columns, primary_items, accounts;
    size_t unknown; /* codes that need a role */
} wio_import_summary;

/* Format "auto": found out. Errors as wio_table_import. Cost: reads the text of the files once. */
WIO_API wio_status wio_import_describe(wio_import_summary *summary, const char *format,
                                       const char *source, wio_log *log, wio_error *err);

/* A table as the folder of text files that pymrio loads: Z.txt, Y.txt, unit.txt, an extension for
 * the primary inputs and one for the satellites, or those that the table was imported with.
 * Every double is kept. Errors: UNSUPPORTED (regions that do not produce), CREATE, WRITE, MEMORY. */
WIO_API wio_status wio_table_write_pymrio(const wio_table *table, const char *path, bool overwrite,
                                          wio_error *err);

/* What of the table such a folder has no place for, a warning each: further files, groups, names,
 * sources ... An imported table's accounts come back; read again, roles and units have to be given.
 * Errors: none but ARGUMENT. */
WIO_API wio_status wio_table_pymrio_losses(const wio_table *table, wio_log *log, wio_error *err);

/* Names of the embedded tables that can be found, sorted, NULL-terminated; one block, free with
 * wio_free. Errors: MEMORY. */
WIO_API wio_status wio_table_names(char ***names, wio_error *err);

/* What a table is. Strings and arrays live as long as the table. */
typedef struct wio_table_info {
    const char *name, *title, *currency, *unit, *price_basis, *import_split, *licence;
    int year;
    size_t n, m, f, p, k, regions;
    double household_income; /* NaN where not known */
    double total_output;     /* sum of gross output; NaN where an older file does not say it */
    size_t stored;           /* flows in compressed rows; 0: Z is in full */
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
WIO_API const double *wio_table_Z(const wio_table *table); /* [m x n]; NULL: compressed rows */
WIO_API const double *wio_table_Y(const wio_table *table); /* [m x f] */
WIO_API const double *wio_table_P(const wio_table *table); /* [p x n] */
WIO_API const double *wio_table_S(const wio_table *table); /* [k x n] */
WIO_API const double *wio_table_x(const wio_table *table); /* [n] gross output, row sums */
/* Z in compressed rows, m of them, as long as the table lives; false, and nothing, where it is in full. */
WIO_API bool wio_table_compressed(wio_matrix *Z, const wio_table *table);
/* Puts compressed rows in full, which every function takes; nothing where they are. Not while another
 * thread reads the table. Errors: ARGUMENT, MEMORY (with the bytes: 8 m n). */
WIO_API wio_status wio_table_expand(wio_table *table, wio_error *err);

/* Accuracy of a solve, proven where it says so (Higham, Accuracy and Stability, 2nd ed., ch. 7;
 * Alefeld & Herzberger for the M-matrix bound). */
typedef struct wio_certificate {
    bool productive;   /* proven: spectral radius of A < 1 and (I-A)^-1 >= 0 */
    bool nonnegative;  /* A has no negative element */
    double radius_low; /* Collatz-Wielandt bounds of the spectral radius of A */
    double radius_high;
    double condition; /* norm1(I-A) norm1((I-A)^-1) */
    bool
        condition_bound; /* only an upper bound of it: A has a negative element, or there are no factors
                              (then by some 1 %) */
    double backward_error; /* largest over right-hand sides, normwise */
    double componentwise;  /* largest Oettli-Prager error; where the method says "bounded
                              beforehand", both are of random combinations of 64 right-hand sides */
    double error_bound;    /* proven bound of |x - exact| / max|x|, largest over solves */
    size_t solves;         /* right-hand sides behind these figures */
    char method[64];
} wio_certificate;

/* Every identity of a table (rows and columns add up, income equals expenditure) and whether
 * I - A is productive. Findings go to the log with the sectors named.
 * Errors: ARGUMENT, NO (an identity fails; the report is filled), MEMORY.
 * Cost: one factorisation, 2/3 n^3 flops.
 * Source: Miller & Blair, Input-Output Analysis, 3rd ed., chapters 2 and 4. */
typedef struct wio_table_report {
    double row_gap, column_gap; /* B1, B2: largest |gap| / max(x, 1e-9 sum x) */
    double gdp_gap;             /* B3: relative, of the worst region */
    size_t row_at, column_at;   /* the activity where the gap is largest (0 where there is none) */
    size_t gdp_at;              /* the region */
    size_t zero_output, negative_flows, negative_final, column_sums_above_one;
    double output_covered_by_jobs; /* share of output whose jobs are known, 0 without jobs */
    double gdp, output, jobs;      /* million, million, persons (covered activities) */
    wio_certificate certificate;
    size_t readings; /* of the flows, where they stayed in their file; 0: they were in memory */
} wio_table_report;

WIO_API wio_status wio_table_check(wio_table_report *report, const wio_table *table, wio_log *log,
                                   wio_error *err);

/* The same with Z in its file, with the same numbers but for the certificate: I - A is proven productive
 * by readings of Z (the radius between bounds of Collatz and Wielandt, the condition an upper bound that
 * is at most 1 % too large where it is small), or not, with the same sectors named. Also what
 * wio_table_open refuses in the numbers: NONFINITE, TABLE, FORMAT (damaged).
 * Errors: also NOT_CONVERGED: 256 readings have not shown whether the radius is below 1.
 * Memory: 32 MiB and vectors. Cost: 20 to 60 readings. */
WIO_API wio_status wio_table_file_check(wio_table_report *report, wio_table_file *file,
                                        const wio_stream_options *options, wio_log *log,
                                        wio_error *err);

/* One equation of a table, left = right: size and place of what is between them. */
typedef struct wio_table_gap {
    const char *identity; /* "B1" output, row sum; "B2" output, column sum; "B3" value added of a
                             region, its expenditure; "B5" the same over all regions */
    size_t region;        /* SIZE_MAX: all regions */
    size_t activity;      /* SIZE_MAX: a region as a whole */
    double left, right;   /* million */
    double share;         /* |left - right| / max(|left|, 1e-9 of all output) */
} wio_table_gap;

/* Every identity of a table in every place: *gaps [*count], free with wio_free. Without primary
 * inputs B1 alone. Errors: ARGUMENT, MEMORY. Cost: one pass over the table. */
WIO_API wio_status wio_table_gaps(wio_table_gap **gaps, size_t *count, const wio_table *table,
                                  wio_error *err);
/* The same of a table in its file. Errors: also those of wio_table_open in the numbers. */
WIO_API wio_status wio_table_file_gaps(wio_table_gap **gaps, size_t *count, wio_table_file *file,
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
    double bytes;                    /* peak, with 64 right-hand sides at a time: a call with k of
                                        them holds k n doubles and an eighth more, and refuses
                                        what does not fit */
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
 *   A     has to outlive the solver
 *   v     [n] column shares that are not in A, as data (1 - column sum, value added and imports per
 *         unit of output), or NULL: names closed groups without rounding, and keeps all digits where
 *         the condition number is above 1e8 (compressed rows: where they are few enough for factors)
 *   plan  what was chosen, filled on success; may be NULL
 * AUTO falls back to factors, if they fit, where a Krylov method does not converge; the plan says so.
 * Errors: as wio_plan_make; SHAPE (compressed rows that are not as wio_matrix says: which row),
 * NONFINITE, NOT_PRODUCTIVE (radius proven >= 1, or not proven below 1; the
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

/* What the inverse L = (I - A)^-1 is asked for, without L. Errors and certificate: as wio_solver_solve;
 * ARGUMENT for an index that is not there. `wio_invert` gives the whole of L, `wio_extract` every
 * activity's extraction.
 *   lines   X [k x n]: rows of L (effects of every demand on one sector) or columns (of one demand on
 *           every sector), by index
 *   diagonal  l [k]: own elements l_ii by index; `which` NULL: of all, and k is n. 256 columns of L are
 *           held at a time, 16 without factors
 *   sums    x [n]: column sums 1'L (output multipliers) or row sums L 1; with weight [n] instead of 1,
 *           so that e'L (jobs multipliers) are column sums with weight e. x may be weight
 *   rounds  round [rounds x n]: f, A f, ..., A^(rounds-1) f; rest [n]: all later rounds together,
 *           L A^rounds f. A is the solver's matrix
 * Cost: a solve for each line or own element, one for sums and for rounds. Source: Miller & Blair, 3rd ed., 2.4, 6.2. */
WIO_API wio_status wio_solver_lines(double *X, const wio_solver *solver, size_t k,
                                    const size_t *which, bool rows, wio_certificate *certificate,
                                    wio_error *err);
WIO_API wio_status wio_solver_diagonal(double *l, const wio_solver *solver, size_t k,
                                       const size_t *which, wio_certificate *certificate,
                                       wio_error *err);
WIO_API wio_status wio_solver_sums(double *x, const wio_solver *solver, const double *weight,
                                   bool columns, wio_certificate *certificate, wio_error *err);
WIO_API wio_status wio_solver_rounds(double *round, double *rest, const wio_solver *solver,
                                     const wio_matrix *A, size_t rounds, const double *f,
                                     wio_certificate *certificate, wio_error *err);

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

/* Both questions with Z in its file, Type I: the same variables and labels. All columns by one power
 * series, x' = f + A x or its transpose, in which a reading of Z serves all of them. The attributes
 * stream/readings and stream/contraction say how often Z was read and how much smaller an error got
 * each time; certificate/error_bound is proven (M-matrix, or comparison matrix where flows are
 * negative): of solve the sum of all errors against the sum of all output, of multipliers the
 * largest error against the largest multiplier of a column, the worst of all columns.
 * Errors: TABLE (does not add up), NOT_CERTIFIED (the radius of |A| was not shown to be below 1:
 * wio_table_file_check says why), NOT_CONVERGED (rounding allows no such bound), NONFINITE, FORMAT
 * (damaged, or changed while it was read), ARGUMENT, MEMORY.
 * Cost: log(relative) / log(radius of A) readings, 20 to 80 for national and world tables.
 * Source: Miller & Blair, 3rd ed., section 2.4. */
WIO_API wio_status wio_table_file_solve(wio_result **out, wio_table_file *file, const double *f,
                                        const wio_stream_options *options, wio_log *log,
                                        wio_error *err);
WIO_API wio_status wio_table_file_multipliers(wio_result **out, wio_table_file *file,
                                              const wio_stream_options *options, wio_log *log,
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
 * certificate/condition_kind ("upper bound", only where the condition is one),
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

/* --- building tables: balancing ---------------------------------------------------------------- */

typedef enum wio_balance_method {
    WIO_BALANCE_RAS,  /* no negative cells: z r s */
    WIO_BALANCE_GRAS, /* negative cells keep their sign: z r s, or z / (r s) where z < 0 */
    WIO_BALANCE_KRAS  /* further conditions, and targets that may give way where they conflict */
} wio_balance_method;

/* One linear condition on cells: sum coefficient[k] Z[cell[k]] = value. */
typedef struct wio_balance_condition {
    const char *name;
    size_t count;
    const size_t *cell;        /* [count] row * columns + column, each once */
    const double *coefficient; /* [count] not 0; NULL: all 1 */
    double value;
    double sigma; /* standard error of value; 0: it is exact */
} wio_balance_condition;

typedef struct wio_balance_options { /* all zero: RAS, 1e-10, 10,000 sweeps, all threads */
    wio_balance_method method;
    double tolerance; /* of |sum - target| / max(|target|, sum of |cells|, 1e-9 sum of |targets|);
                         0: 1e-10 */
    size_t sweeps;    /* the most, 0: 10,000 */
    int threads;
    const bool *fixed;                      /* [rows x columns] cells that stay, or NULL */
    const double *row_sigma, *column_sigma; /* KRAS: standard errors of targets; NULL: exact */
    const wio_balance_condition *condition; /* KRAS */
    size_t conditions;
    const char *const *row_name, *const *column_name; /* for messages; NULL: "row 3" */
} wio_balance_options;

typedef struct wio_balance_report {
    size_t sweeps;
    double row_gap, column_gap, condition_gap; /* of the result, as in `tolerance` */
    size_t changed;                            /* cells */
    double largest_change;                     /* |after - before| */
    size_t largest_cell;                       /* row * columns + column */
    size_t moved;                              /* KRAS: targets that gave way, named in the log */
    double largest_move;                       /* in their standard errors */
} wio_balance_report;

/* The matrix nearest to Z whose rows sum to u and whose columns sum to v; cells that are 0 stay 0.
 *   X  [rows x columns] the result; may be Z itself
 *   Z  [rows x columns];  u [rows];  v [columns]
 *   report, options  may be NULL
 * What cannot be is refused by name: a target that no cell can reach, targets that do not add up
 * (in all, or in a block of rows and columns that trades with no other), rows that need more than
 * the columns they sell to take. The bits do not depend on the number of threads.
 * Errors: ARGUMENT, NONFINITE, UNSUPPORTED (RAS with negative cells), TABLE (targets that cannot be
 * met: every offender is in the log), NOT_CONVERGED (the worst row and column are named), MEMORY.
 * Cost: one pass over Z per sweep, RAS and GRAS; four, KRAS. Memory: 65 columns; KRAS and fixed
 * cells a copy of Z.
 * Source: Miller & Blair, 3rd ed., section 7.4; Junius & Oosterhaven (2003) with Temurshoev, Miller
 * & Bouwmeester (2013); Lenzen, Gallego & Wood (2009). */
WIO_API wio_status wio_balance(double *X, const double *Z, size_t rows, size_t columns,
                               const double *u, const double *v, const wio_balance_options *options,
                               wio_balance_report *report, wio_log *log, wio_error *err);

/* Supply and use together (SUT-RAS): industry outputs and use totals are known, product totals are
 * not, and every product's supply is to equal its use.
 *   U      [products x users] use, industries and final uses; replaced by the result
 *   V      [industries x products] make; replaced
 *   m      [products] imports; replaced; NULL: none
 *   users  use_total [users], output [industries], imports: their total
 * Errors: as wio_balance with GRAS. Source: Temurshoev & Timmer (2011). */
WIO_API wio_status wio_balance_supply_use(double *U, double *V, double *m, size_t products,
                                          size_t users, size_t industries, const double *use_total,
                                          const double *output, double imports,
                                          const wio_balance_options *options,
                                          wio_balance_report *report, wio_log *log, wio_error *err);

/* Which cells of a table are balanced. */
typedef enum wio_balance_block {
    WIO_BALANCE_TABLE, /* [Z Y; P]: rows are origins, then items; columns activities, then final */
    WIO_BALANCE_FLOWS  /* Z alone */
} wio_balance_block;

/* Targets from a CSV file: region,sector,total for rows (region empty: a primary item),
 * region,user,total for columns (user: a sector or a final use), and optionally sigma and year. What
 * is not listed keeps its present total; how many is in the log.
 *   total, sigma  [rows or columns of the block]; free with wio_free
 *   year          whose lines are read; a file without years is of any, one with years needs it
 * Errors: NO_INPUT, FORMAT (every mistake in the log), MEMORY. */
WIO_API wio_status wio_balance_read(double **total, double **sigma, const wio_table *table,
                                    wio_balance_block block, bool columns, const char *path,
                                    int year, wio_log *log, wio_error *err);
/* Cells that stay, from a CSV file with the columns region,sector,to_region,user (for the rows of
 * primary items region is empty). *fixed [rows x columns] of the block, free with wio_free. */
WIO_API wio_status wio_balance_read_fixed(bool **fixed, const wio_table *table,
                                          wio_balance_block block, const char *path, wio_log *log,
                                          wio_error *err);
/* A new table with the block balanced; the notes say how, and what was left as it was (satellites,
 * household income, further files). Names in `options` are not used. Errors: as wio_balance. */
WIO_API wio_status wio_table_balance(wio_table **out, const wio_table *table,
                                     wio_balance_block block, const double *u, const double *v,
                                     const wio_balance_options *options, wio_balance_report *report,
                                     wio_log *log, wio_error *err);
/* A table that was brought to the totals of another year, as that year's: name NAME-YEAR, money of
 * that year's prices. What the totals do not say is unknown and not that of the old year: household
 * income, and the satellites that are not given. Notes on satellites are left out, further files
 * stay; notes of the table say what is unknown and what stays.
 *   S  [k x n] satellites of the year, NaN: missing; NULL: all missing
 * Errors: ARGUMENT (a year that is none, or the table's own), MEMORY. */
WIO_API wio_status wio_table_of_year(wio_table **out, const wio_table *table, int year,
                                     const double *S, wio_log *log, wio_error *err);
/* Satellites from a CSV file: region,sector,account,value; what is not listed is missing.
 *   *S  [k x n]; free with wio_free. Errors: NO_INPUT, FORMAT (every mistake in the log), MEMORY. */
WIO_API wio_status wio_accounts_read(double **S, const wio_table *table, const char *path,
                                     wio_log *log, wio_error *err);
/* Every cell in which two tables of the same shape differ, as CSV: block, row, column, before,
 * after, change. Free with wio_free. Errors: SHAPE, MEMORY. */
WIO_API wio_status wio_table_changes(char **text, const wio_table *before, const wio_table *after,
                                     wio_error *err);
/* A text as a file, whole or not at all. Errors: CREATE, WRITE. */
WIO_API wio_status wio_text_write(const char *path, const char *text, bool overwrite,
                                  wio_error *err);

/* --- building tables: aggregation ---------------------------------------------------------------- */

/* Which code becomes which, and what share of it: shares of a code sum to 1. */
typedef struct wio_concordance {
    size_t count;
    char **from, **to; /* [count] codes */
    double *weight;    /* [count] NULL: all 1 */
    size_t *line;      /* [count] where each is in the file `path`; NULL: no file */
    char *path;
} wio_concordance;

/* From a CSV file of two or three columns under a header: from, to and optionally weight.
 * Errors: NO_INPUT, FORMAT (every mistake in the log), MEMORY. */
WIO_API wio_status wio_concordance_read(wio_concordance **out, const char *path, wio_log *log,
                                        wio_error *err);
WIO_API void wio_concordance_free(wio_concordance *concordance);

typedef struct wio_aggregate_options {
    bool
        lower_bounds; /* a satellite that some members lack: the sum of the others, noted as a lower
                          bound; otherwise it is missing */
    bool drop_files;  /* leave out further files whose rows are sectors or regions and whose columns
                          are not described; otherwise they are a reason to refuse */
    bool bias;        /* compute the bias fields of the report: two factorisations */
} wio_aggregate_options;

/* What is lost: exact multipliers and outputs against those of the aggregated table. The table's
 * own total final demand gives its own output in both, so its columns are looked at one by one. */
typedef struct wio_aggregate_report {
    size_t n_before, n_after;
    size_t split;           /* codes with more than one target */
    double hatanaka;        /* largest |S A - A* S|; 0: no demand has a bias */
    double multiplier_bias; /* largest |1'L* S - 1'L| over the activities before ... */
    size_t multiplier_at;   /* ... at this one */
    double multiplier_mean; /* the same, weighted by output */
    double demand_bias; /* largest |x* - S x| / sum x over final columns, summed over activities */
    size_t demand_at;   /* final column */
} wio_aggregate_report;

/* A table with fewer (or, with weights, other) regions and sectors: Z* = S Z S', Y* = S Y,
 * P* = P S', satellites added. A NULL concordance leaves its codes as they are. New codes come in
 * the order of the concordance. Groups keep those of the new sectors that are in them as a whole.
 * Further files are added up as the table's columns.csv describes their columns (io/README.md):
 * amounts are added, rates averaged with the weights that it names; rates on a part of their weight
 * are named in the log and counted in the notes.
 *   options, report  may be NULL
 * Errors: TABLE (codes that are not mapped, weights that do not sum to 1, regions that cannot be one:
 * every offender in the log; cells of further files that are not what columns.csv says), UNSUPPORTED
 * (further files without a description), ARGUMENT, MEMORY; NOT_PRODUCTIVE with
 * `bias`. Cost: one pass over Z.
 * Source: Miller & Blair, 3rd ed., section 4.9; Hatanaka (1952). */
WIO_API wio_status wio_table_aggregate(wio_table **out, const wio_table *table,
                                       const wio_concordance *regions,
                                       const wio_concordance *sectors,
                                       const wio_aggregate_options *options,
                                       wio_aggregate_report *report, wio_log *log, wio_error *err);

/* The same of a table that stays in its file, with the same bits: Z is read once, in panels of whole
 * rows, and only what comes out has to fit into memory. `bias` is UNSUPPORTED. Errors beside those
 * above: what wio_table_open refuses in the numbers (NONFINITE, TABLE), FORMAT (damaged). */
WIO_API wio_status wio_table_file_aggregate(wio_table **out, wio_table_file *file,
                                            const wio_concordance *regions,
                                            const wio_concordance *sectors,
                                            const wio_aggregate_options *options,
                                            wio_aggregate_report *report, wio_log *log,
                                            wio_error *err);

/* --- building tables: supply and use -------------------------------------------------------------- */

/* How a product made by several industries (or an industry with several products) is taken apart:
 * the models of the Eurostat Manual (2008), chapter 11. */
typedef enum wio_symmetric_model {
    WIO_SYMMETRIC_A,     /* product by product, product technology; negative flows are kept */
    WIO_SYMMETRIC_B,     /* product by product, industry technology */
    WIO_SYMMETRIC_C,     /* industry by industry, fixed industry sales; negative flows are kept */
    WIO_SYMMETRIC_D,     /* industry by industry, fixed product sales (BEA's) */
    WIO_SYMMETRIC_ALMON, /* as A, but no cell gives away more than it has (Almon 2000) */
    WIO_SYMMETRIC_MODELS
} wio_symmetric_model;

/* What statistical offices publish beside make and use: the further columns of the supply table, by
 * which uses at purchasers' prices become uses at basic prices, and totals of imports. Of one region.
 * A user is an industry or a final use, in this order. */
typedef struct wio_supply_columns {
    bool purchasers;       /* U and Y are at purchasers' prices, and become basic prices */
    const double *imports; /* [products] in all, where Um and Ym are not known; NULL: none */
    size_t margins;        /* kinds of margins, such as trade and transport */
    const double *margin;  /* [margins x products] in what users pay for a product, below 0 where it
                              is earned; a kind adds to 0 */
    const double *tax;     /* [products] taxes less subsidies on products; NULL: none */
    const double *margin_use; /* [products x users] of all kinds; NULL: in proportion along rows */
    const double *tax_use;    /* [products x users]; NULL: in proportion along rows */
    const double *home;   /* [products x users] uses of home products at basic prices: the others
                                 are imported; NULL */
    const char *tax_item; /* code of the primary input that taxes become; NULL: taxes_on_products */
} wio_supply_columns;

typedef struct wio_supply_use {
    const char *name, *title, *currency;
    int year;
    const char *price_basis, *import_split; /* as in wio_table_arrays */
    const char *region, *rest; /* codes of the country and of where imports come from */
    size_t products, industries, finals, items;
    const char *const *product, *const *industry;           /* codes */
    const char *const *product_name, *const *industry_name; /* NULL: the codes */
    const char *const *final_use;                           /* [finals] */
    const wio_role *final_role;                             /* exports go to `rest` */
    const char *const *item;                                /* [items] primary inputs */
    const wio_role *item_role;
    const double *U;  /* [products x industries] use, imports included */
    const double *Um; /* [products x industries] of it imported; NULL: U is of home products only */
    const double *V;  /* [industries x products] make, or NULL with V_regions */
    const double *Y;  /* [products x finals] final uses, imports included */
    const double *Ym; /* [products x finals] of it imported, or NULL */
    const double *W;  /* [items x industries] */
    const char
        *noncomparable; /* products that nobody makes at home and that become primary items: */
    const char *scrap;  /* role import, role other. NULL: none. By code */
    bool residual; /* put what a product's supply exceeds its uses by into a final use `residual`;
                      otherwise a product that does not balance is refused */

    /* Several regions that trade: flows between them are ordinary cells of U and Y, so there are no
     * Um and Ym; labels are region and code. 0 and NULL: everything is of `region`. */
    size_t regions;
    const char *const *region_code;                 /* [regions] */
    const size_t *product_region, *industry_region; /* [products], [industries] index of a region */
    const size_t *final_region; /* [finals] the region that buys, but for exports */
    const double *V_regions; /* instead of V: [its industries x its products] of every region, one
                                after the other; products and industries are in order of regions */

    size_t accounts; /* satellites of industries: jobs, energy, emissions */
    const char *const *account, *const *account_unit; /* [accounts] */
    const double *S; /* [accounts x industries]; NaN: not known, for models C and D */

    const wio_table *head; /* texts, sources, notes and input files that the symmetric table takes
                              over, beside the names above; NULL: none */

    const wio_supply_columns *columns; /* NULL: U and Y are at basic prices, imports in Um and Ym */
    const char *region_name, *rest_name; /* of one region; NULL: its code */
    const char *rest_valuation;          /* of imports: basic, customs or duty_paid; NULL: basic */
} wio_supply_use;

typedef struct wio_symmetric_report {
    size_t negatives;     /* flows of home products below 0 by more than 1e-12 of the largest ... */
    double negative_sum;  /* ... and their sum */
    double most_negative; /* the largest */
    double residual;      /* largest |supply - uses| of a product */
    double residual_sum;  /* of all |..| */
    size_t items_from_rows; /* products that became primary items */
} wio_symmetric_report;

/* "A", "B", "C", "D", "almon"; find: false when there is no such model. */
WIO_API const char *wio_symmetric_name(wio_symmetric_model model);
WIO_API bool wio_symmetric_find(wio_symmetric_model *model, const char *name);

/* Supply and use from a published format that has them (wio_import_is_supply_use; or "mapping", when
 * the mapping has products and industries), as
 * wio_table_import reads a symmetric table: nothing is clipped, filled, balanced or renamed, and what
 * was read, what is negative and by how much products do not balance is in the log and in the notes
 * of `head`. It may be changed before it is made symmetric: everything it points to is its own.
 * `residual` is set when products do not balance to 1e-10 of all supply. Satellites join industries;
 * merge is not for supply and use: import, make symmetric, then aggregate.
 * Errors: as wio_table_import; ARGUMENT when the format is a symmetric one.
 * Memory: the matrices and the text of their files. */
WIO_API wio_status wio_supply_use_import(wio_supply_use **out, const char *format,
                                         const char *source, const wio_import_options *options,
                                         wio_log *log, wio_error *err);
WIO_API void wio_supply_use_free(wio_supply_use *supply_use); /* only what was imported */
/* Whether a format (not "auto") gives supply and use. */
WIO_API bool wio_import_is_supply_use(const char *format);

/* A symmetric table from supply and use. With q = V'1, g = V1 and Ud = U - Um:
 *   A  Z = Ud V'^-1 q^      B  Z = Ud g^-1 V      C  Z = g^ V'^-1 Ud     D  Z = V q^-1 Ud
 * final uses, primary inputs and satellites follow the rows or the columns. Imports stay by product.
 * With several regions the same formulas hold, V having cells within regions only: then they are taken
 * region by region. An industry that
 * neither makes nor uses anything stays, without output; such a product has no row.
 * With `columns` uses first become uses at basic prices (wio_basic_prices) and imports are split off
 * (wio_import_split, kinds 1); what is shared in proportion is an estimate, and noted as one. Taxes
 * become a primary input; those of final uses are in the further file final_primary.csv.
 * Errors: ARGUMENT, NONFINITE, SHAPE (A, C: as many products as industries), TABLE (a product that
 * is used but not made, an industry that uses but makes nothing, products that do not balance),
 * SINGULAR, MEMORY. Source: Miller & Blair, 3rd ed., chapter 5; Eurostat Manual, chapter 11. */
WIO_API wio_status wio_table_symmetric(wio_table **out, const wio_supply_use *arrays,
                                       wio_symmetric_model model, wio_symmetric_report *report,
                                       wio_log *log, wio_error *err);

/* Imported part of every use when only totals are known: z m / (q - exports + m), or with kinds = 3
 * the same within intermediate use, consumption (household, government) and investment (with
 * inventories). Exports are home-made.
 *   Um [products x industries], Ym [products x finals]; m [products x kinds], kinds 1 or 3
 * Tag the table "proportional" (1) or "mixed" (3). Errors: ARGUMENT, TABLE (more imports than use,
 * with the product named), NONFINITE. */
WIO_API wio_status wio_import_split(double *Um, double *Ym, const wio_supply_use *arrays,
                                    const double *m, size_t kinds, wio_log *log, wio_error *err);

/* Uses at purchasers' prices to basic prices: a use of product i leaves 1 - tax_i - sum of mu(., i),
 * and product k gains mu(k, i) of it (trade and transport margins).
 *   Y [products x users] may be purchasers itself; taxes [users]
 *   tax [products], mu [products x products] shares of the purchasers' value
 * Errors: ARGUMENT, TABLE (shares above 1: the product's number), MEMORY. */
WIO_API wio_status wio_basic_prices(double *Y, double *taxes, size_t products, size_t users,
                                    const double *purchasers, const double *tax, const double *mu,
                                    wio_error *err);

/* --- building tables: regions ---------------------------------------------------------------------- */

/* Location quotients, LQ_i = (E_ri / E_r) / (E_ni / E_n): which share of a national coefficient is
 * bought in the region. Shares above 1 are 1. */
typedef enum wio_regional_method {
    WIO_REGIONAL_LQ,   /* LQ_i */
    WIO_REGIONAL_CILQ, /* LQ_i / LQ_j; LQ_i on the diagonal */
    WIO_REGIONAL_FLQ,  /* CILQ log2(1 + E_r / E_n)^delta (Flegg & Webber 1997) */
    WIO_REGIONAL_AFLQ, /* FLQ log2(1 + LQ_j) where LQ_j > 1 (Flegg & Webber 2000) */
    WIO_REGIONAL_METHODS
} wio_regional_method;

typedef struct wio_regional_report {
    double size;    /* E_r / E_n */
    double lambda;  /* log2(1 + size)^delta; 1 without delta */
    double imports; /* from the rest of the nation, share of home inputs */
    size_t
        negative_exports; /* sectors that sell less than is said to be bought; named in the log */
} wio_regional_report;

/* The table of a region of a national table with one endogenous region: output by employment, inputs
 * by quotients, the rest from `<nation>-rest`, an exogenous region. Final demand of the region is the
 * nation's by employment, bought at home by LQ_i (with lambda); foreign exports follow output; what
 * is left of output goes to the rest of the nation, and may be negative: it is named, not clipped.
 * Sources, groups and further files are the nation's; amounts of their lines by jobs of their sector.
 *   jobs   [n] persons in the region, in the table's order of activities
 *   delta  for FLQ and AFLQ; usual values are .1 to .4: there is no default
 * Errors: ARGUMENT (no delta), TABLE (several endogenous regions, no account `jobs`, more jobs than
 * the nation has), MEMORY. */
WIO_API wio_status wio_table_regionalise(wio_table **out, const wio_table *nation,
                                         const char *region, const double *jobs,
                                         wio_regional_method method, double delta,
                                         wio_regional_report *report, wio_log *log, wio_error *err);
/* [n] jobs from a CSV file with the columns sector,jobs; every sector has to be there. Free with
 * wio_free. Errors: NO_INPUT, FORMAT, MEMORY. */
WIO_API wio_status wio_jobs_read(double **jobs, const wio_table *table, const char *path,
                                 wio_log *log, wio_error *err);

/* --- building tables: assembly ---------------------------------------------------------------------
 *
 * Further files (tariffs.csv) go with a table into the one that is made of it, as its columns.csv says
 * (io/README.md). Lines that are those of the new table too stay as they are, described or not. Where a
 * line becomes several, its amounts are divided and all else is the same for every part. What cannot go
 * is left out by name: a file with its reason, lines with their number, in the log and in the notes.
 * So are notes on satellites whose cell has another number now. */

/* A few regions of a multi-regional table with everyone else as exogenous partners: what partners
 * buy becomes one export column each (use EXP), what they sell stays by origin. Further files keep the
 * lines of the kept regions and of their trade.
 *   keep  [kept] codes of endogenous regions
 * Errors: ARGUMENT, TABLE (a code that is no endogenous region; a use EXP that is no export),
 * MEMORY. */
WIO_API wio_status wio_table_carve(wio_table **out, const wio_table *table, const char *const *keep,
                                   size_t kept, wio_log *log, wio_error *err);

/* A new sector taken out of an existing one (solar cells out of electronics): its own inputs and
 * its own sales, in million; the parent keeps the rest. Inputs and sales have to be the same total,
 * the new output. It is in the groups of its parent; in further files it has its parent's lines, with
 * amounts by their outputs.
 *   parent   activity 0..n-1;  code, name of the new sector (name may be NULL)
 *   inputs   [m + p] from every origin, then primary items; none from the new sector itself
 *   sales    [n + f] to every activity, then final columns
 *   accounts [k] satellites of the new sector, taken from the parent's; NaN = missing, and the
 *            parent's is then missing too
 * Errors: ARGUMENT, TABLE (inputs and sales differ; the parent would have less than nothing, with the
 * cell named), NONFINITE, MEMORY. */
WIO_API wio_status wio_table_new_sector(wio_table **out, const wio_table *table, size_t parent,
                                        const char *code, const char *name, const double *inputs,
                                        const double *sales, const double *accounts, wio_log *log,
                                        wio_error *err);
/* What a new sector buys, sells and employs, as wio_table_new_sector takes it. */
typedef struct wio_recipe {
    double *inputs, *sales, *accounts; /* [m + p], [n + f], [k] */
} wio_recipe;
/* From a CSV file with the columns kind,region,label,value:
 *   input    from a sector of a region, or a primary item (region empty), million
 *   sale     to a sector or a final use of a region, million
 *   account  a satellite of the new sector (region empty), in its unit; not listed: missing
 * Errors: NO_INPUT, FORMAT (every mistake in the log), MEMORY. */
WIO_API wio_status wio_recipe_read(wio_recipe **out, const wio_table *table, const char *path,
                                   wio_log *log, wio_error *err);
WIO_API void wio_recipe_free(wio_recipe *recipe);

/* Trade by product, million: what a partner sells (or, of exports, buys). Codes are those of
 * the table that it is for, but for new partners. */
typedef struct wio_trade {
    size_t count;
    char **sector, **partner; /* [count] */
    char **use;   /* [count] "" (uses without lines of their own), "intermediate", "consumption",
                      "capital", or a user's code (sector or final use) */
    char **buyer; /* [count] of trade between regions, where the partner is the seller; else NULL */
    double *value; /* [count] not negative */
    size_t *line;  /* [count] in the file, for messages; or NULL */
    char *path;    /* or NULL */
} wio_trade;

/* From a CSV file with the columns sector,partner,value and optionally use; or, trade between
 * regions, sector,seller,buyer,value and optionally use.
 * Errors: NO_INPUT, FORMAT (every mistake in the log), MEMORY. */
WIO_API wio_status wio_trade_read(wio_trade **out, const char *path, wio_log *log, wio_error *err);
WIO_API wio_status wio_trade_read_between(wio_trade **out, const char *path, wio_log *log,
                                          wio_error *err);
WIO_API void wio_trade_free(wio_trade *trade);

typedef struct wio_origins_options {
    const char *block; /* exogenous region whose rows are split; NULL: the only one with rows */
    const char *rest;  /* partner that gets imports without trade; NULL: they are an error */
    bool levels;       /* trade is in the table's own money: `rest` gets what is left of the
                                 imports; otherwise trade gives shares alone */
    const wio_trade *exports; /* by sector and buying partner: shares of the export column of the
                                 block; NULL: it stays one column */
} wio_origins_options;

/* Trade held against the table, a line per sector that the block sells. Free with
 * wio_origins_report_free. */
typedef struct wio_origins_gap {
    const char *sector;        /* the table's, as long as it lives */
    double table, trade, rest; /* imports, trade and what went to `rest`, million */
} wio_origins_gap;

typedef struct wio_origins_report {
    size_t partners, lines;
    double table, trade, rest; /* sums of the lines */
    wio_origins_gap *line;     /* [lines] */
} wio_origins_report;

/* A national table whose imports come as one exogenous block, with imports by origin: each partner
 * becomes an exogenous region. For sector i, user j and partner p
 *
 *     z(p,i),j = z(block,i),j t(p,i,u) / sum_q t(q,i,u),   u the narrowest use of j that has trade,
 *
 * so the sum over origins is what it was; with `levels` the denominator is the block's imports for u
 * and `rest` has what is left. The narrowest use is the user's code, then its class (intermediate;
 * consumption: household, government; capital: investment, inventory), then the lines without a use,
 * then all lines (at its level trade for another use leaves nothing: then `rest`). An export line has
 * no use. import_split becomes "proportional", or "mixed" where a line has a use. Further files lose
 * the lines of the block that is split.
 * Errors: ARGUMENT, TABLE (every code or sector that does not fit is in the log: no trade and no
 * `rest`; with `levels` more trade than imports), MEMORY. Cost: m n numbers for each partner. */
WIO_API wio_status wio_table_origins(wio_table **out, const wio_table *table,
                                     const wio_trade *trade, const wio_origins_options *options,
                                     wio_origins_report *report, wio_log *log, wio_error *err);
WIO_API void wio_origins_report_free(wio_origins_report *report);

typedef enum wio_multiregional_model { WIO_CHENERY_MOSES, WIO_ISARD } wio_multiregional_model;

typedef struct wio_multiregional_options {
    wio_multiregional_model model;
    const char *name;     /* of the new table; NULL: "mrio" */
    const char *rest;     /* code of all regions without a table; NULL: "REST" */
    const char *residual; /* final use of `rest` that gets what of a seller's exports the buyers do
                             not have, of either sign; NULL: it is an error */
} wio_multiregional_options;

/* One activity: both sides of its trade, million. */
typedef struct wio_multiregional_line {
    const char *region, *sector;  /* the new table's, as long as it lives */
    double imports, trade;        /* the region's imports of the product: its table; trade */
    double exports, bought, rest; /* its table; what the buyers' tables have of it; trade to regions
                                       without a table */
    double gap;                   /* exports - bought - rest */
} wio_multiregional_line;

/* Free with wio_multiregional_report_free. */
typedef struct wio_multiregional_report {
    size_t lines, gaps;                 /* activities; those that do not add up */
    double imports, from_rest, to_rest; /* sums, million */
    double residual, largest;           /* sum of |gap|; the largest |gap|, million */
    wio_multiregional_line *line;       /* [lines], as the activities */
} wio_multiregional_report;

/* One table from national tables and the trade between them. Every table has one endogenous region;
 * sectors, primary items and satellites (in any order: the first table's is taken), currency, unit, year,
 * price basis and valuation of imports are the same. National tables give levels and trade gives shares: of product i, what region s has from
 * region r is t(i,r,s) / sum_q t(i,q,s) of its imports. With h and m the uses of i at home and imported,
 *
 *   Chenery-Moses   z(r,i),j = c(i,r,s) (h(i,j) + m(i,j)),   c the shares in all uses of i in s
 *   Isard           z(s,i),j = h(i,j),   z(r,i),j = m(i,j) t(i,r,s,u) / sum_q t(i,q,s,u)
 *
 * with u the narrowest use of j that has trade (as wio_table_origins; Chenery-Moses takes all uses
 * together). Sellers without a table become the exogenous region `rest`; sales to buyers without
 * one, at the level that trade has, its final column EXP. Columns add up as in the national tables. A
 * row has to: an activity with |exports - bought - rest| above 1e-9 of its output is an error, the
 * largest by name, or goes to `residual`. Nothing is scaled. import_split becomes "proportional", or
 * "mixed" where Isard's trade has uses. Groups stay where all tables that have them agree. Lines of
 * further files that name no region get their table's; files of one name are put together where their
 * columns and what columns.csv says of these (kind, weight, unit) are the same, else the first stays.
 *   trade    with buyers; codes of regions are those of the tables, or others
 * Errors: ARGUMENT, TABLE (what differs between the tables; imports without trade; exports of
 * imports; rows that do not add up: all in the log), MEMORY. Cost: the new table twice. */
WIO_API wio_status wio_table_multiregional(wio_table **out, const wio_table *const *table,
                                           size_t tables, const wio_trade *trade,
                                           const wio_multiregional_options *options,
                                           wio_multiregional_report *report, wio_log *log,
                                           wio_error *err);
WIO_API void wio_multiregional_report_free(wio_multiregional_report *report);

/* A table of several regions with the shares of Chenery-Moses: every user of a product in a region with
 * production buys from its origins in the proportions in which the region does. What regions sell to
 * each other, and what every user buys of a product, stay. import_split becomes "proportional".
 * Errors: ARGUMENT, TABLE (uses of a product that cancel), UNSUPPORTED (an outline), MEMORY. */
WIO_API wio_status wio_table_pool(wio_table **out, const wio_table *table, wio_log *log,
                                  wio_error *err);

/* Sectors or regions that become several. Codes without a line stay as they are. */
typedef struct wio_split {
    size_t count;
    char **from, **to;  /* [count] */
    double *weight;     /* [count] share of output: of sales, and of a region's final purchases */
    double *inputs;     /* [count] share of inputs; NULL: as weight */
    double *satellites; /* [count] share of satellites; NULL: as weight */
    size_t *line;       /* [count] in the file, for messages; or NULL */
    char *path;         /* or NULL */
} wio_split;

/* From a CSV file with the columns from,to,weight and optionally inputs and satellites.
 * Errors: NO_INPUT, FORMAT (every mistake in the log), MEMORY. */
WIO_API wio_status wio_split_read(wio_split **out, const char *path, wio_log *log, wio_error *err);
WIO_API void wio_split_free(wio_split *split);

/* A table with some sectors or regions disaggregated: Z*(I,J) = w_I z(i,j) c_J, Y* = w_I y, P* = p c_J,
 * with w the weights and c the shares of inputs, so that adding the parts up gives back the table. The
 * last share of a code is 1 less the others. Nothing is balanced: where c is not w, the difference
 * of a part's output and its inputs goes to the primary item `residual`, and is refused without one.
 * An activity of a region and a sector that are both split gets the product of the shares. Groups have
 * the parts of their sectors; amounts of further files are divided by the weights.
 *   regions, sectors  either may be NULL
 *   residual          code of a primary item, or NULL
 * Errors: ARGUMENT, TABLE (codes that are unknown or there already, shares that do not sum to 1, a
 * part whose sales and inputs differ: every offender in the log), MEMORY. */
WIO_API wio_status wio_table_split(wio_table **out, const wio_table *table,
                                   const wio_split *regions, const wio_split *sectors,
                                   const char *residual, wio_log *log, wio_error *err);

#ifdef __cplusplus
}
#endif
#endif

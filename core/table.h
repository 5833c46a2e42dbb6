/* table.h - the table object as the library's own files see it (DESIGN section 2). */
#ifndef WIO_TABLE_H
#define WIO_TABLE_H

#include "internal.h"

typedef struct wio_frame { /* one extra CSV file (tariffs.csv, phase_one.csv, ...), kept as text */
    char *file;            /* "tariffs.csv" */
    size_t columns, rows;
    char **header; /* [columns] */
    char **cell;   /* [rows x columns]; "" = empty */
    size_t *line;  /* [rows] line in the file, 0 when packed */
    char *about;   /* its line in table.yaml, or NULL */
} wio_frame;

typedef struct wio_group {
    char *code;
    size_t count;
    size_t *sector; /* [count] indices into table->sector */
} wio_group;

/* For provenance. A large file's SHA-256 takes longer than loading it: then digest is empty, and
 * `complete` makes it when it is asked for, or says that the file is no longer what was read. */
typedef struct wio_input_file wio_input_file;
struct wio_input_file {
    char *path;
    size_t bytes;
    char digest[WIO_DIGEST_SIZE];
    uint64_t mark; /* what `complete` knows the content by */
    wio_status (*complete)(char digest[WIO_DIGEST_SIZE], const wio_input_file *input,
                           wio_error *err);
};

typedef enum wio_valuation { WIO_BASIC, WIO_CUSTOMS, WIO_DUTY_PAID } wio_valuation;

struct wio_table {
    char *name, *title, *currency, *unit, *price_basis, *price_basis_note;
    char *import_split, *import_split_note, *valuation_note, *licence;
    char *household_income_source;
    char *path; /* where it was read, or NULL */
    int year;
    double household_income; /* million, NaN where not known */
    double total_output;     /* of an outline, where its file says it; NaN */
    size_t sources, notes;
    char **source, **note;

    wio_names region;         /* code, name */
    bool *endogenous;         /* [regions] */
    wio_valuation *valuation; /* [regions] of the import rows from that region */
    wio_names sector;         /* union over regions */
    wio_names use;            /* final uses */
    wio_role *use_role;       /* [uses] */
    wio_names item;           /* primary items */
    wio_role *item_role;      /* [items] */
    wio_names account;        /* satellites; name = code, unit beside it */
    char **account_unit;      /* [accounts] */

    size_t n, m, f, p, k;  /* activities, origins, final columns, primary items, accounts */
    size_t *origin_region; /* [m] region index; first n are the activities */
    size_t *origin_sector; /* [m] sector index */
    size_t *final_region;  /* [f] */
    size_t *final_use;     /* [f] use index */

    double *Z;    /* [m x n]; NULL: compressed, or an outline, whose numbers are in its file */
    double *Y;    /* [m x f] */
    double *P;    /* [p x n] */
    double *S;    /* [k x n] NaN = missing */
    double *x;    /* [n] row sums over the n activity rows of Z and Y */
    double *cost; /* [n] column sums of Z and P */

    /* Z in compressed rows (table_compressed.c); NULL: in full */
    size_t *start;    /* [m + 1] row i is at start[i] to start[i+1] - 1 */
    uint32_t *column; /* [start[m]] ascending within a row */
    double *flow;     /* [start[m]] */

    size_t satellite_notes; /* notes on cells, as (account, region, sector, note) */
    char **satellite_note;  /* [satellite_notes x 4] */
    size_t groups;
    wio_group *group;
    size_t frames;
    wio_frame *frame;
    size_t inputs;
    wio_input_file *input; /* files it was read from */

    size_t *origin_at; /* [regions x sectors] origin row or SIZE_MAX; made by wio_table_finish */
};

/* A table whose Z stays where it is (io/table_file.c). */
struct wio_table_file {
    wio_table *table; /* its outline; with Y, P and S after `numbers` */
    wio_status (*numbers)(wio_table_file *file, wio_error *err); /* Y, P and S; once */
    /* [rows x columns] of Z from (row, column) on */
    wio_status (*block)(double *Z, wio_table_file *file, size_t row, size_t rows, size_t column,
                        size_t columns, wio_error *err);
    void (*close)(wio_table_file *file);
    size_t panel; /* bytes of Z that are read at once; 0: WIO_PANEL. Changes no bit of any answer */
};
enum { WIO_PANEL = 1 << 25 };

/* UNSUPPORTED when only its outline was read: asked by every function that needs numbers... */
wio_status wio_table_numbers(const wio_table *table, wio_error *err);
/* ... and also when they are compressed: by every function that needs Z in full. */
wio_status wio_table_whole(const wio_table *table, wio_error *err);

/* Row i of Z, either storage: `count` flows, the p-th to the user wio_flow_user(&row, p). */
typedef struct wio_flow_row {
    size_t count;
    const double *value;
    const uint32_t *column; /* NULL: all users in order */
} wio_flow_row;

static inline wio_flow_row wio_table_row(const wio_table *table, size_t i)
{
    if (table->Z != NULL) {
        return (wio_flow_row){table->n, table->Z + i * table->n, NULL};
    }
    size_t first = table->start[i];
    return (wio_flow_row){table->start[i + 1] - first, table->flow + first, table->column + first};
}

static inline size_t wio_flow_user(const wio_flow_row *row, size_t p)
{
    return row->column != NULL ? row->column[p] : p;
}

/* sum [n]: the columns of rows first..end-1 of Z, compensated, either storage. Errors: MEMORY. */
wio_status wio_table_inputs(double *sum, const wio_table *table, size_t first, size_t end,
                            wio_error *err);
/* Copies compressed rows [m x n] into the table. Errors: ARGUMENT, SHAPE (names the row), MEMORY. */
wio_status wio_table_copy_flows(wio_table *table, const wio_matrix *flows, wio_error *err);

/* "household" -> WIO_ROLE_HOUSEHOLD, "duty_paid" -> WIO_DUTY_PAID; false when unknown. */
bool wio_role_find(wio_role *role, const char *name);
bool wio_role_is_final(wio_role role); /* household..export; the others are primary */
bool wio_valuation_find(wio_valuation *valuation, const char *name);
const char *wio_valuation_name(wio_valuation valuation);

/* The origin row of (region, sector), or SIZE_MAX. */
size_t wio_table_origin(const wio_table *table, size_t region, size_t sector);
const wio_group *wio_table_group(const wio_table *table, const char *code);
const wio_frame *wio_table_frame(const wio_table *table, const char *file);
size_t wio_frame_column(const wio_frame *frame, const char *name); /* SIZE_MAX when absent */
/* The account named "jobs", or SIZE_MAX. */
size_t wio_table_jobs(const wio_table *table);
/* Copies for a table that is made from another (table_copy.c). The copy is not finished: it has no x,
 * cost and index of origins yet. copy_head: texts, year, sources, notes; copy_labels: uses, items,
 * accounts with their roles and units, and the files it was read from. On failure what was copied
 * is the table's, to be freed with it. Errors: MEMORY. */
wio_status wio_table_copy(wio_table **out, const wio_table *from, wio_error *err);
wio_status wio_table_copy_head(wio_table *table, const wio_table *from, wio_error *err);
wio_status wio_table_copy_labels(wio_table *table, const wio_table *from, wio_error *err);
wio_status wio_table_copy_inputs(wio_table *table, const wio_table *from, wio_error *err);
wio_status wio_table_copy_frames(wio_table *table, const wio_table *from, wio_error *err);
wio_status wio_names_copy(wio_names *out, const wio_names *from, wio_error *err);
void wio_frame_clear(wio_frame *frame);
wio_status wio_frame_copy(wio_frame *out, const wio_frame *from, wio_error *err);
/* What a table that is made of another is called: "NAME-ending", and "TITLE; " with the text. MEMORY. */
wio_status wio_table_entitle(wio_table *table, wio_error *err, const char *ending,
                             const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds a note: what was done to the numbers. Errors: MEMORY. */
wio_status wio_table_note(wio_table *table, wio_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* wio_table_create with the table's own blocks: on success Z [m x n] and S [k x n], both of wio_alloc,
 * are the table's, and *Z and *S are NULL. Those of `arrays` are not used. */
wio_status wio_table_create_from(wio_table **out, const wio_table_arrays *arrays, double **Z,
                                 double **S, wio_log *log, wio_error *err);
/* The first half of it: the index of origins, labels that are there twice. */
wio_status wio_table_finish_labels(wio_table *table, wio_log *log, wio_error *err);
/* Derives x and cost, and refuses what TRUST 1.6 refuses; every finding goes to the log. */
wio_status wio_table_finish(wio_table *table, wio_log *log, wio_error *err);

/* Rows first .. first + count - 1 of Z, which are there during the call only. */
typedef wio_status wio_table_rows(void *context, size_t first, size_t count, const double *Z);
/* The first `rows` rows of a file's Z in panels of whole rows, handed to `use` in order. Errors: those
 * of block and of use, MEMORY. Memory: a panel, or 8 rows. */
wio_status wio_table_read(wio_table_file *file, size_t rows, wio_table_rows *use, void *context,
                          wio_error *err);
/* One pass over the Z of a file in panels of whole rows: reads Y, P and S, makes x and cost of the
 * outline with the bits of wio_table_finish, and refuses what that refuses. Every panel is handed to
 * `use` (may be NULL), in order. Memory: a panel, or 8 rows. */
wio_status wio_table_pass(wio_table_file *file, wio_table_rows *use, void *context, wio_log *log,
                          wio_error *err);

#endif

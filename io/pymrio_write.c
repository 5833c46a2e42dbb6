/* pymrio_write.c - a table as the folder of text files that pymrio loads (load_all).
 *
 * Tab-separated, two header lines and a line of index names, as pandas writes a table with two
 * levels of labels; file_parameters.json says so. The folder appears whole: it is filled beside its
 * place and renamed. Every double is written so that it reads back as the same bits. */
#include "pymrio.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH = 1 << 20 };

typedef struct writer {
    const wio_table *table;
    const wio_frame *frame; /* pymrio_extensions.csv, or NULL */
    const char *money;      /* unit of flows */
    char *folder;           /* that is filled */
    double *final;          /* [(p + k) x f] of final uses */
    char *done;             /* [p + k] written in an extension */
    wio_commit commit;      /* the file being written */
    wio_text text;
    wio_error *err;
} writer;

static const char *frame_cell(const wio_frame *frame, size_t row, size_t column)
{
    return frame->cell[row * frame->columns + column];
}

/* --- one file ------------------------------------------------------------------------------------------ */

static wio_status begin(writer *w, const char *folder, const char *name)
{
    wio_text path = {0};
    char *text = NULL;
    wio_text_add(&path, "%s/%s%s%s", w->folder, folder, *folder != '\0' ? "/" : "", name);
    WIO_TRY(wio_text_take(&text, &path, w->err));
    wio_status status = wio_commit_begin(&w->commit, text, false, w->err);
    wio_free(text);
    return status;
}

static wio_status flush(writer *w, size_t limit)
{
    if (w->text.failed) {
        return wio_fail(w->err, WIO_E_MEMORY, "%s: text of a file", w->folder);
    }
    if (w->text.length > limit) {
        WIO_TRY(wio_commit_write(&w->commit, w->text.data, w->text.length, w->err));
        w->text.length = 0;
    }
    return WIO_OK;
}

/* The end of a file that was begun; on failure it is gone. */
static wio_status end(writer *w, wio_status status)
{
    if (status == WIO_OK) {
        status = flush(w, 0);
    }
    if (status == WIO_OK) {
        return wio_commit_end(&w->commit, w->err);
    }
    wio_commit_abort(&w->commit);
    wio_text_free(&w->text);
    return status;
}

/* A cell, quoted where a tab, a quote or a line end asks for it. */
static void add_cell(wio_text *text, const char *cell)
{
    if (strpbrk(cell, "\t\"\r\n") == NULL) {
        wio_text_add(text, "%s", cell);
        return;
    }
    wio_text_add(text, "\"");
    for (const char *s = cell; *s != '\0'; s++) {
        wio_text_add_bytes(text, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
    }
    wio_text_add(text, "\"");
}

static void add_number(wio_text *text, double value)
{
    char number[WIO_NUMBER_SIZE];
    wio_text_add(text, "\t%s", wio_format_double(number, value));
}

/* Two header lines over activities or final columns, then the names of the label cells. */
static void add_header(writer *w, const char *names, size_t labels, bool uses)
{
    const wio_table *t = w->table;
    size_t columns = uses ? t->f : t->n;
    for (size_t line = 0; line < 2; line++) {
        wio_text_add(&w->text, "%s", line == 0 ? "region" : uses ? "category" : "sector");
        for (size_t i = 1; i < labels; i++) {
            wio_text_add(&w->text, "\t");
        }
        for (size_t c = 0; c < columns; c++) {
            size_t region = uses ? t->final_region[c] : t->origin_region[c];
            wio_text_add(&w->text, "\t");
            add_cell(&w->text, line == 0 ? t->region.code[region]
                               : uses    ? t->use.code[t->final_use[c]]
                                         : t->sector.code[t->origin_sector[c]]);
        }
        wio_text_add(&w->text, "\n");
    }
    wio_text_add(&w->text, "%s", names);
    for (size_t c = 0; c < columns; c++) {
        wio_text_add(&w->text, "\t");
    }
    wio_text_add(&w->text, "\n");
}

static wio_status put_flows(writer *w, const char *name, const double *v, size_t columns, bool uses)
{
    const wio_table *t = w->table;
    WIO_TRY(begin(w, "", name));
    add_header(w, "region\tsector", 2, uses);
    wio_status status = WIO_OK;
    for (size_t i = 0; i < t->n && status == WIO_OK; i++) {
        add_cell(&w->text, t->region.code[t->origin_region[i]]);
        wio_text_add(&w->text, "\t");
        add_cell(&w->text, t->sector.code[t->origin_sector[i]]);
        for (size_t c = 0; c < columns; c++) {
            add_number(&w->text, v[i * columns + c]);
        }
        wio_text_add(&w->text, "\n");
        status = flush(w, FLUSH);
    }
    return end(w, status);
}

static wio_status put_units(writer *w)
{
    const wio_table *t = w->table;
    WIO_TRY(begin(w, "", "unit.txt"));
    wio_text_add(&w->text, "region\tsector\tunit\n");
    for (size_t i = 0; i < t->n; i++) {
        add_cell(&w->text, t->region.code[t->origin_region[i]]);
        wio_text_add(&w->text, "\t");
        add_cell(&w->text, t->sector.code[t->origin_sector[i]]);
        wio_text_add(&w->text, "\t%s\n", w->money);
    }
    return end(w, WIO_OK);
}

/* file_parameters.json: which files there are and how many labels they have. */
static wio_status put_parameters(writer *w, const char *folder, const char *name, size_t labels,
                                 bool final)
{
    bool system = *folder == '\0';
    const struct {
        const char *what;
        size_t header;
        bool there;
    } file[] = {{"Z", 2, system},
                {"Y", 2, system},
                {"F", 2, !system},
                {"F_Y", 2, !system && final},
                {"unit", 1, true}};
    WIO_TRY(begin(w, folder, "file_parameters.json"));
    wio_text_add(&w->text, "{\n    \"files\": {");
    bool first = true;
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        if (file[i].there) {
            wio_text_add(
                &w->text,
                "%s\n        \"%s\": {\n            \"name\": \"%s.txt\",\n            "
                "\"nr_index_col\": \"%zu\",\n            \"nr_header\": \"%zu\"\n        }",
                first ? "" : ",", file[i].what, file[i].what, labels, file[i].header);
            first = false;
        }
    }
    wio_text_add(&w->text, "\n    },\n    \"systemtype\": \"%s\"",
                 system ? "IOSystem" : "Extension");
    if (!system) {
        wio_text_add(&w->text, ",\n    \"name\": ");
        wio_json_text(&w->text, name);
    }
    wio_text_add(&w->text, "\n}\n");
    return end(w, WIO_OK);
}

/* What pymrio does not keep and no reader can know: roles. An import of the folder takes them. */
static wio_status put_roles(writer *w)
{
    const wio_table *t = w->table;
    const wio_names *const names[] = {&t->use, &t->item};
    const wio_role *const role[] = {t->use_role, t->item_role};
    WIO_TRY(begin(w, "", wio_pymrio_roles));
    wio_text_add(&w->text, "code,role\n");
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < names[k]->count; i++) {
            wio_csv_add_cell(&w->text, names[k]->code[i]);
            wio_text_add(&w->text, ",%s\n", wio_role_name(role[k][i]));
        }
    }
    return end(w, WIO_OK);
}

static wio_status put_metadata(writer *w)
{
    WIO_TRY(begin(w, "", "metadata.json"));
    wio_text_add(&w->text, "{\n    \"description\": ");
    wio_json_text(&w->text, w->table->title);
    wio_text_add(&w->text, ",\n    \"name\": ");
    wio_json_text(&w->text, w->table->name);
    wio_text_add(&w->text,
                 ",\n    \"system\": \"\",\n    \"version\": \"%d\",\n    \"history\": []\n}\n",
                 w->table->year);
    return end(w, WIO_OK);
}

/* --- extensions ------------------------------------------------------------------------------------------ */

typedef struct member { /* of an extension */
    size_t row;         /* of P, or p + that of S */
    const char *cells, *unit;
} member;

typedef struct extension {
    const char *folder, *name, *names;
    size_t labels, members;
    member *member; /* [members] */
    bool final;
} extension;

static const double *numbers_of(const writer *w, size_t row)
{
    const wio_table *t = w->table;
    return row < t->p ? t->P + row * t->n : t->S + (row - t->p) * t->n;
}

static wio_status put_matrix(writer *w, const extension *e, const char *name, bool uses)
{
    const wio_table *t = w->table;
    size_t columns = uses ? t->f : t->n;
    WIO_TRY(begin(w, e->folder, name));
    add_header(w, e->names, e->labels, uses);
    wio_status status = WIO_OK;
    for (size_t i = 0; i < e->members && status == WIO_OK; i++) {
        const double *v =
            uses ? w->final + e->member[i].row * t->f : numbers_of(w, e->member[i].row);
        wio_text_add(&w->text, "%s", e->member[i].cells);
        for (size_t c = 0; c < columns; c++) {
            add_number(&w->text, v[c]);
        }
        wio_text_add(&w->text, "\n");
        status = flush(w, FLUSH);
    }
    return end(w, status);
}

static wio_status put_extension(writer *w, extension *e)
{
    wio_text path = {0};
    char *text = NULL;
    wio_text_add(&path, "%s/%s", w->folder, e->folder);
    WIO_TRY(wio_text_take(&text, &path, w->err));
    int made = wio_write_denied() ? -1 : mkdir(text, 0777);
    wio_free(text);
    if (made != 0) {
        return wio_fail(w->err, WIO_E_CREATE, "%s/%s: cannot create a folder", w->folder,
                        e->folder);
    }
    for (size_t i = 0; i < e->members; i++) {
        for (size_t c = 0; c < w->table->f; c++) {
            e->final = e->final || w->final[e->member[i].row * w->table->f + c] != 0.0;
        }
        w->done[e->member[i].row] = 1;
    }
    WIO_TRY(put_matrix(w, e, "F.txt", false));
    if (e->final) {
        WIO_TRY(put_matrix(w, e, "F_Y.txt", true));
    }
    WIO_TRY(begin(w, e->folder, "unit.txt"));
    wio_text_add(&w->text, "%s\tunit\n", e->names);
    for (size_t i = 0; i < e->members; i++) {
        wio_text_add(&w->text, "%s\t", e->member[i].cells);
        add_cell(&w->text, e->member[i].unit);
        wio_text_add(&w->text, "\n");
    }
    WIO_TRY(end(w, WIO_OK));
    return put_parameters(w, e->folder, e->name, e->labels, e->final);
}

/* The row of an account or primary input, SIZE_MAX when the table has none. */
static size_t find_row(const writer *w, const char *code, const char *unit)
{
    const wio_table *t = w->table;
    size_t item = wio_names_find(&t->item, code), account = wio_names_find(&t->account, code);
    bool money = strcmp(unit, w->money) == 0;
    if (item != SIZE_MAX && (money || account == SIZE_MAX)) {
        return item;
    }
    return account != SIZE_MAX ? t->p + account : SIZE_MAX;
}

/* An extension as the table was imported with it. */
static wio_status put_kept(writer *w, size_t first)
{
    const wio_frame *frame = w->frame;
    const char *folder = frame_cell(frame, first, WIO_PYMRIO_FOLDER);
    extension e = {.folder = folder, .name = folder, .names = "stressor", .labels = 1};
    e.member = wio_alloc(frame->rows, sizeof *e.member);
    if (e.member == NULL) {
        return wio_fail(w->err, WIO_E_MEMORY, "extension %s", folder);
    }
    for (size_t r = first; r < frame->rows; r++) {
        const char *code = frame_cell(frame, r, WIO_PYMRIO_CODE);
        const char *cells = frame_cell(frame, r, WIO_PYMRIO_CELLS);
        const char *unit = frame_cell(frame, r, WIO_PYMRIO_UNIT);
        if (strcmp(frame_cell(frame, r, WIO_PYMRIO_FOLDER), folder) != 0) {
            continue;
        }
        size_t row = find_row(w, code, unit);
        if (*code == '\0') {
            e.names = cells;
            for (const char *s = cells; *s != '\0'; s++) {
                e.labels += *s == '\t';
            }
        } else if (*cells == '\0' && *unit == '\0') {
            e.final = true;
        } else if (row != SIZE_MAX) {
            e.member[e.members++] = (member){row, cells, unit};
        }
    }
    wio_status status = e.members > 0 ? put_extension(w, &e) : WIO_OK;
    wio_free(e.member);
    return status;
}

/* What is in no kept extension: primary inputs and satellites in an extension each. */
static wio_status put_rest(writer *w, bool primary)
{
    const wio_table *t = w->table;
    extension e = {.folder = primary ? "factor_inputs" : "satellites",
                   .name = primary ? "Factor Inputs" : "Satellites",
                   .names = primary ? "inputtype" : "stressor",
                   .labels = 1};
    size_t first = primary ? 0 : t->p, last = primary ? t->p : t->p + t->k;
    e.member = wio_alloc(last - first, sizeof *e.member);
    if (e.member == NULL) {
        return wio_fail(w->err, WIO_E_MEMORY, "extension %s", e.folder);
    }
    for (size_t row = first; row < last; row++) {
        if (!w->done[row]) {
            e.member[e.members++] =
                (member){row, primary ? t->item.code[row] : t->account.code[row - t->p],
                         primary ? w->money : t->account_unit[row - t->p]};
        }
    }
    wio_status status = e.members > 0 ? put_extension(w, &e) : WIO_OK;
    wio_free(e.member);
    return status;
}

static wio_status put_extensions(writer *w)
{
    const wio_frame *frame = w->frame;
    for (size_t r = 0; frame != NULL && r < frame->rows; r++) {
        const char *folder = frame_cell(frame, r, WIO_PYMRIO_FOLDER);
        bool new = strcmp(folder, ".") != 0;
        for (size_t s = 0; s < r && new; s++) {
            new = strcmp(frame_cell(frame, s, WIO_PYMRIO_FOLDER), folder) != 0;
        }
        if (new) {
            WIO_TRY(put_kept(w, r));
        }
    }
    WIO_TRY(put_rest(w, true));
    return put_rest(w, false);
}

/* --- what final uses pay, from the further files of the table --------------------------------------------- */

static wio_status read_finals(writer *w, const char *file, const wio_names *codes, size_t base)
{
    const wio_table *t = w->table;
    const wio_frame *frame = wio_table_frame(t, file);
    for (size_t r = 0; frame != NULL && frame->columns == 4 && r < frame->rows; r++) {
        size_t row = wio_names_find(codes, frame_cell(frame, r, 0));
        size_t region = wio_names_find(&t->region, frame_cell(frame, r, 1));
        size_t use = wio_names_find(&t->use, frame_cell(frame, r, 2)), column = 0;
        const char *number = frame_cell(frame, r, 3);
        double value = (double)NAN;
        while (column < t->f &&
               (t->final_region[column] != region || t->final_use[column] != use)) {
            column++;
        }
        if (row == SIZE_MAX || column == t->f ||
            (*number != '\0' && !wio_parse_double(&value, number, strlen(number)))) {
            return wio_fail(w->err, WIO_E_TABLE,
                            "%s: line %zu names no account and final use of the table", file,
                            r + 2);
        }
        w->final[(base + row) * t->f + column] = value;
    }
    return WIO_OK;
}

static wio_status put_all(writer *w)
{
    const wio_table *t = w->table;
    WIO_TRY(read_finals(w, "final_primary.csv", &t->item, 0));
    WIO_TRY(read_finals(w, "final_satellites.csv", &t->account, t->p));
    WIO_TRY(put_flows(w, "Z.txt", t->Z, t->n, false));
    WIO_TRY(put_flows(w, "Y.txt", t->Y, t->f, true));
    WIO_TRY(put_units(w));
    WIO_TRY(put_parameters(w, "", NULL, 2, false));
    WIO_TRY(put_metadata(w));
    WIO_TRY(put_roles(w));
    return put_extensions(w);
}

/* --- the folder --------------------------------------------------------------------------------------------- */

static wio_status check_table(const wio_table *t, wio_error *err)
{
    for (size_t r = 0; r < t->region.count; r++) {
        if (!t->endogenous[r]) {
            return wio_fail(err, WIO_E_UNSUPPORTED,
                            "region %s does not produce: pymrio's layout has no place for it",
                            t->region.code[r]);
        }
    }
    return WIO_OK;
}

static wio_status make(writer *w)
{
    const wio_table *t = w->table;
    size_t rows = t->p + t->k, count;
    if (__builtin_mul_overflow(rows, t->f, &count) ||
        (w->final = wio_zalloc(count, sizeof *w->final)) == NULL ||
        (w->done = wio_zalloc(rows, 1)) == NULL) {
        return wio_fail(w->err, WIO_E_MEMORY, "%s", w->folder);
    }
    w->frame = wio_table_frame(t, wio_pymrio_file);
    w->money = t->unit;
    if (w->frame != NULL && w->frame->columns == WIO_PYMRIO_COLUMNS && w->frame->rows > 0 &&
        strcmp(frame_cell(w->frame, 0, WIO_PYMRIO_FOLDER), ".") == 0) {
        w->money = frame_cell(w->frame, 0, WIO_PYMRIO_UNIT);
    } else {
        w->frame = NULL;
    }
    return put_all(w);
}

wio_status wio_table_write_pymrio(const wio_table *table, const char *path, bool overwrite,
                                  wio_error *err)
{
    if (table == NULL || path == NULL || *path == '\0') {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_table_write_pymrio: NULL argument");
    }
    WIO_TRY(wio_table_whole(table, err));
    WIO_TRY(check_table(table, err));
    writer w = {.table = table, .err = err};
    wio_tree tree = {0};
    WIO_TRY(wio_tree_begin(&tree, path, "file_parameters.json", overwrite, err));
    w.folder = tree.temporary;
    wio_status status = make(&w);
    status = status == WIO_OK ? wio_tree_end(&tree, err) : status;
    wio_tree_abort(&tree);
    wio_text_free(&w.text);
    wio_free(w.final);
    wio_free(w.done);
    return status;
}

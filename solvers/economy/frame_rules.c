/* frame_rules.c - what the columns of a table's further files are: the lines of its columns.csv
 * (file, column, kind and, for rates, weight). Nothing follows from a column's name but `sector`
 * and `region`, which the layout of a table defines. */
#include "frames.h"

#include <string.h>

static const char *const KINDS[] = {"sector", "region", "partner", "key", "amount",
                                    "rate",   "same",   "text",    "drop"};
enum { FILE_NAME, COLUMN, KIND, WEIGHT, FIELDS };
static const char *const FIELD[FIELDS] = {"file", "column", "kind", "weight"};

/* Files that the layout itself defines (io/README.md): what final uses pay and use. */
static const struct {
    const char *file, *column;
    frame_kind kind;
} STANDARD[] = {
    {"final_primary.csv", "item", KIND_KEY},     {"final_primary.csv", "use", KIND_KEY},
    {"final_primary.csv", "value", KIND_AMOUNT}, {"final_satellites.csv", "account", KIND_KEY},
    {"final_satellites.csv", "use", KIND_KEY},   {"final_satellites.csv", "value", KIND_AMOUNT}};

typedef struct reader {
    const wio_table *table;
    const wio_frame *lines; /* columns.csv, NULL: none */
    size_t at[FIELDS];
    wio_log *log;
    wio_error *err;
    bool wrong;
} reader;

static void wrong(reader *r, size_t row, size_t field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void wrong(reader *r, size_t row, size_t field, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    size_t line = row == SIZE_MAX ? 1 : r->lines->line[row];
    wio_find(r->log, WIO_ERROR, WIO_COLUMNS_FILE, line,
             r->at[field] == SIZE_MAX ? 1 : r->at[field] + 1, "%s", message);
    wio_fail(r->err, WIO_E_TABLE, "%s:%zu: %s", WIO_COLUMNS_FILE, line, message);
    r->wrong = true;
}

static const char *field(const reader *r, size_t row, size_t which)
{
    return r->at[which] == SIZE_MAX ? "" : r->lines->cell[row * r->lines->columns + r->at[which]];
}

static void find_fields(reader *r)
{
    for (size_t i = 0; i < FIELDS; i++) {
        r->at[i] = wio_frame_column(r->lines, FIELD[i]);
        if (r->at[i] == SIZE_MAX && i != WEIGHT) {
            wrong(r, SIZE_MAX, i,
                  "there is no column '%s': the first line is 'file,column,kind,weight'", FIELD[i]);
        }
    }
}

/* "USA<-CHN": what USA buys from CHN. False: that is not its form. */
static bool read_flow(reader *r, frame_rule *rule, size_t row, const char *text)
{
    const char *arrow = strstr(text, "<-");
    if (arrow == NULL) {
        return false;
    }
    size_t *side[] = {&rule->importer, &rule->partner};
    const char *from[] = {text, arrow + 2};
    const size_t length[] = {(size_t)(arrow - text), strlen(arrow + 2)};
    rule->weight = WEIGHT_FLOW;
    for (size_t k = 0; k < 2; k++) {
        *side[k] = SIZE_MAX;
        for (size_t i = 0; i < r->table->region.count; i++) {
            const char *code = r->table->region.code[i];
            if (strlen(code) == length[k] && memcmp(code, from[k], length[k]) == 0) {
                *side[k] = i;
            }
        }
        if (*side[k] == SIZE_MAX) {
            wrong(r, row, WEIGHT, "weight '%.80s': the table has no region '%.*s'", text,
                  (int)length[k], from[k]);
        }
    }
    return true;
}

static void read_weight(reader *r, frame_rule *rule, size_t row, const wio_frame *frame)
{
    const char *text = field(r, row, WEIGHT);
    if (*text == '\0') {
        wrong(r, row, WEIGHT,
              "the rate '%.80s' needs a weight: imports, output, USA<-CHN (what USA buys from CHN) "
              "or a column of %.80s",
              field(r, row, COLUMN), frame->file);
    } else if (strcmp(text, "output") == 0) {
        rule->weight = WEIGHT_OUTPUT;
    } else if (strcmp(text, "imports") == 0) {
        rule->weight = WEIGHT_IMPORTS;
    } else if (!read_flow(r, rule, row, text)) {
        rule->weight = WEIGHT_COLUMN;
        rule->column = wio_frame_column(frame, text);
        if (rule->column == SIZE_MAX) {
            wrong(r, row, WEIGHT,
                  "weight '%.80s' is neither imports, output, USA<-CHN (what USA buys from CHN) "
                  "nor a column of %.80s",
                  text, frame->file);
        }
    }
}

static void read_line(reader *r, frame_rule *rule, size_t row, const wio_frame *frame)
{
    const char *kind = field(r, row, KIND);
    size_t k = 0;
    while (k < sizeof KINDS / sizeof *KINDS && strcmp(KINDS[k], kind) != 0) {
        k++;
    }
    if (k == sizeof KINDS / sizeof *KINDS) {
        wrong(r, row, KIND,
              "kind '%.40s' of %.80s: write sector, region, partner, key, amount, rate, same, text "
              "or drop",
              kind, frame->file);
        return;
    }
    if (rule->line != SIZE_MAX) {
        wrong(r, row, COLUMN, "%.80s: column '%.80s' is described twice (first in line %zu)",
              frame->file, field(r, row, COLUMN), r->lines->line[rule->line]);
        return;
    }
    rule->kind = (frame_kind)(KIND_SECTOR + k);
    rule->line = row;
    if (rule->kind == KIND_RATE) {
        read_weight(r, rule, row, frame);
    } else if (*field(r, row, WEIGHT) != '\0') {
        wrong(r, row, WEIGHT, "only a rate has a weight, '%.80s' is of the kind %s",
              field(r, row, COLUMN), kind);
    }
}

/* Lines of this file; "*" stands for the file as a whole, which can only be dropped. */
static void read_lines(reader *r, frame_rule *rule, bool *drop, const wio_frame *frame)
{
    for (size_t row = 0; row < r->lines->rows; row++) {
        const char *column = field(r, row, COLUMN);
        if (strcmp(field(r, row, FILE_NAME), frame->file) != 0) {
            continue;
        }
        if (strcmp(column, "*") == 0) {
            *drop = true;
            if (strcmp(field(r, row, KIND), "drop") != 0) {
                wrong(r, row, KIND, "all columns (*) of %.80s can only be of the kind drop",
                      frame->file);
            }
            continue;
        }
        size_t c = wio_frame_column(frame, column);
        if (c == SIZE_MAX) {
            const char *near =
                wio_nearest(column, (const char *const *)(void *)frame->header, frame->columns);
            wrong(r, row, COLUMN, "%.80s has no column '%.80s'%s%s%s", frame->file, column,
                  near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
                  near != NULL ? "'?)" : "");
        } else {
            read_line(r, &rule[c], row, frame);
        }
    }
}

/* A weight is an amount of its row; imports need to know by whom and from whom. */
static void check_weights(reader *r, const frame_rule *rule, const wio_frame *frame)
{
    bool partner = false, region = false;
    for (size_t c = 0; c < frame->columns; c++) {
        partner = partner || rule[c].kind == KIND_PARTNER;
        region = region || rule[c].kind == KIND_REGION;
    }
    for (size_t c = 0; c < frame->columns; c++) {
        const frame_rule *one = &rule[c];
        if (one->kind != KIND_RATE) {
            continue;
        }
        if (one->weight == WEIGHT_COLUMN && one->column != SIZE_MAX &&
            rule[one->column].kind != KIND_AMOUNT) {
            wrong(r, one->line, WEIGHT, "weight '%.80s' of %.80s is not described as an amount",
                  frame->header[one->column], frame->header[c]);
        } else if (one->weight == WEIGHT_IMPORTS && !(partner && region)) {
            wrong(
                r, one->line, WEIGHT,
                "weight 'imports' needs columns of the kinds region and partner in %.80s; without "
                "them write IMPORTER<-PARTNER",
                frame->file);
        } else if (one->weight == WEIGHT_OUTPUT && !region &&
                   r->table->origin_region[0] != r->table->origin_region[r->table->n - 1]) {
            wrong(r, one->line, WEIGHT,
                  "weight 'output' needs a column of the kind region in %.80s: several regions of "
                  "the table produce",
                  frame->file);
        }
    }
}

bool wio_frame_has(const frame_rule *rule, const wio_frame *frame, frame_kind kind)
{
    bool has = false;
    for (size_t c = 0; c < frame->columns; c++) {
        has = has || rule[c].kind == kind;
    }
    return has;
}

/* What is known of a column before anybody describes it. */
static frame_kind standard_kind(const wio_frame *frame, size_t column)
{
    const char *name = frame->header[column];
    for (size_t k = 0; k < sizeof STANDARD / sizeof *STANDARD; k++) {
        if (strcmp(STANDARD[k].file, frame->file) == 0 && strcmp(STANDARD[k].column, name) == 0) {
            return STANDARD[k].kind;
        }
    }
    return strcmp(name, "sector") == 0   ? KIND_SECTOR
           : strcmp(name, "region") == 0 ? KIND_REGION
                                         : KIND_NONE;
}

wio_status wio_frame_rules(frame_rule *rule, bool *drop, const wio_table *table,
                           const wio_frame *frame, wio_log *log, wio_error *err)
{
    reader r = {
        .table = table, .lines = wio_table_frame(table, WIO_COLUMNS_FILE), .log = log, .err = err};
    *drop = false;
    for (size_t c = 0; c < frame->columns; c++) {
        rule[c] =
            (frame_rule){.kind = standard_kind(frame, c), .line = SIZE_MAX, .column = SIZE_MAX};
    }
    if (r.lines != NULL) {
        find_fields(&r);
        if (!r.wrong) {
            read_lines(&r, rule, drop, frame);
            check_weights(&r, rule, frame);
        }
    }
    return r.wrong ? WIO_E_TABLE : WIO_OK;
}

/* The weight "USA<-CHN" in new codes; NULL: it is not of that form. */
static wio_status rename_weight(char **out, const char *text, const wio_table *to,
                                const wio_table *from, const mapping *region, wio_error *err)
{
    const char *arrow = strstr(text, "<-");
    size_t length = arrow != NULL ? (size_t)(arrow - text) : 0;
    wio_text renamed = {0};
    for (size_t side = 0; arrow != NULL && side < 2; side++) {
        for (size_t i = 0; i < from->region.count; i++) {
            const char *code = from->region.code[i];
            bool same = side == 0 ? strlen(code) == length && memcmp(code, text, length) == 0
                                  : strcmp(code, arrow + 2) == 0;
            if (same) {
                wio_text_add(&renamed, "%s%s", side == 0 ? "" : "<-",
                             to->region.code[region->to[region->start[i]]]);
            }
        }
    }
    if (renamed.data == NULL) {
        wio_text_add(&renamed, "%s", text);
    }
    return wio_text_take(out, &renamed, err);
}

/* Whether a line still describes something. */
static bool described(const wio_frame *lines, size_t row, const wio_table *to, const size_t *at)
{
    const char *const *cell = (const char *const *)(void *)(lines->cell + row * lines->columns);
    const wio_frame *frame = wio_table_frame(to, cell[at[FILE_NAME]]);
    return frame != NULL && wio_frame_column(frame, cell[at[COLUMN]]) != SIZE_MAX;
}

/* One line for the new table: its weight in new codes; of a rate whose weight is `lost` it is known that
 * members with the same value have it. */
static wio_status rename_line(char **cell, const size_t *at, bool lost, const wio_table *to,
                              const wio_table *from, const mapping *region, wio_error *err)
{
    char *kind = lost ? wio_strdup("same") : NULL, *weight = NULL;
    wio_status status = WIO_OK;
    if (at[WEIGHT] != SIZE_MAX) {
        status = rename_weight(&weight, lost ? "" : cell[at[WEIGHT]], to, from, region, err);
    }
    if (status != WIO_OK || (lost && kind == NULL)) {
        wio_free(kind);
        wio_free(weight);
        return status != WIO_OK ? status : wio_fail(err, WIO_E_MEMORY, "%s", WIO_COLUMNS_FILE);
    }
    if (weight != NULL) {
        wio_free(cell[at[WEIGHT]]);
        cell[at[WEIGHT]] = weight;
    }
    if (kind != NULL) {
        wio_free(cell[at[KIND]]);
        cell[at[KIND]] = kind;
    }
    return WIO_OK;
}

wio_status wio_frame_rules_rename(wio_frame *out, const wio_frame *lines, const wio_table *to,
                                  const wio_table *from, const mapping *region, const bool *lost,
                                  wio_error *err)
{
    size_t at[FIELDS], rows = 0;
    for (size_t i = 0; i < FIELDS; i++) {
        at[i] = wio_frame_column(lines, FIELD[i]);
    }
    WIO_TRY(wio_frame_copy(out, lines, err));
    for (size_t r = 0; r < lines->rows; r++) {
        char **cell = out->cell + r * out->columns;
        if (at[FILE_NAME] == SIZE_MAX || at[COLUMN] == SIZE_MAX || !described(lines, r, to, at)) {
            continue; /* its cells are freed below, where they end up */
        }
        for (size_t c = 0; c < out->columns; c++) {
            char *swap = out->cell[rows * out->columns + c];
            out->cell[rows * out->columns + c] = cell[c];
            cell[c] = swap;
        }
        WIO_TRY(rename_line(out->cell + rows * out->columns, at, lost[r], to, from, region, err));
        rows++;
    }
    for (size_t k = rows * out->columns; k < out->rows * out->columns; k++) {
        wio_free(out->cell[k]);
    }
    out->rows = rows;
    return WIO_OK;
}

const char *wio_frame_says(const wio_frame *lines, const char *file, const char *column,
                           const char *field)
{
    const size_t f = wio_frame_column(lines, FIELD[FILE_NAME]),
                 c = wio_frame_column(lines, FIELD[COLUMN]), v = wio_frame_column(lines, field);
    for (size_t r = 0; f != SIZE_MAX && c != SIZE_MAX && v != SIZE_MAX && r < lines->rows; r++) {
        char *const *cell = lines->cell + r * lines->columns;
        if (strcmp(cell[f], file) == 0 && strcmp(cell[c], column) == 0) {
            return cell[v];
        }
    }
    return "";
}

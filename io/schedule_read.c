/* schedule_read.c - a tariff schedule from CSV files: lines, trade, and a concordance. */
#include "../core/schedule.h"

#include "columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    wio_schedule *schedule;
    wio_columns columns;
    wio_log *log;
    wio_error *err;
    bool failed;        /* for want of memory */
    size_t above, line; /* shares above 1 without a %, and where the first is */
} reader;

/* The index of a code, which is added when it is new; SIZE_MAX and `failed` without memory. */
static size_t add(reader *r, wio_names *names, const char *code)
{
    size_t found = wio_names_find(names, code);
    if (found == SIZE_MAX && wio_names_add(names, code, code) == WIO_OK) {
        return names->count - 1;
    }
    r->failed = r->failed || found == SIZE_MAX;
    return found;
}

/* Digits, with or without points ("8703.23.01" is 87032301), into `code`; else logged. */
static bool read_code(char code[WIO_CODE_SIZE], reader *r, size_t row, size_t name)
{
    const char *text = wio_columns_cell(&r->columns, row, name);
    size_t used = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at >= '0' && *at <= '9' && used + 1 < WIO_CODE_SIZE) {
            code[used++] = *at;
        } else if (*at != '.') {
            used = 0;
            break;
        }
    }
    code[used] = '\0';
    if (used < 2) {
        wio_columns_wrong(&r->columns, row, name,
                          "'%.40s' is not a product code: at least two digits, read as text (a "
                          "spreadsheet may have eaten a leading zero)",
                          text);
    }
    return used >= 2;
}

/* --- lines ---------------------------------------------------------------------------------------- */

enum { LINE_CODE, LINE_KIND, LINE_AUTHORITY, LINE_RATE, LINE_PARTNER, LINE_FROM, LINE_TO, LINES };

/* "2025-02-04" as 20250204; an empty cell gives `open`. */
static int read_date(reader *r, size_t row, size_t name, int open)
{
    const char *text = wio_columns_cell(&r->columns, row, name);
    int part[3] = {0};
    size_t at = 0;
    if (*text == '\0') {
        return open;
    }
    bool good = strlen(text) == 10 && text[4] == '-' && text[7] == '-';
    for (const char *c = text; good && *c != '\0'; c++) {
        if (*c == '-') {
            at++;
        } else {
            good = *c >= '0' && *c <= '9';
            part[at] = 10 * part[at] + (*c - '0');
        }
    }
    if (!good || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31) {
        wio_columns_wrong(&r->columns, row, name, "'%.40s' is not a date like 2025-02-04", text);
        return open;
    }
    return 10000 * part[0] + 100 * part[1] + part[2];
}

/* 0.25 or 25%; NaN for an empty cell. A plain number of 10 and more is a forgotten %. */
static bool read_rate(double *rate, reader *r, size_t row)
{
    const char *text = wio_columns_cell(&r->columns, row, LINE_RATE);
    size_t length = strlen(text);
    bool percent = length > 0 && text[length - 1] == '%';
    *rate = NAN;
    if (length == 0) {
        return true;
    }
    if (!wio_parse_double(rate, text, length - (percent ? 1 : 0)) || *rate < 0.0) {
        wio_columns_wrong(&r->columns, row, LINE_RATE,
                          "rate is '%.40s', not a share of 0 or more (0.25 or 25%%)", text);
        return false;
    }
    if (!percent && *rate >= 10.0) {
        wio_columns_wrong(&r->columns, row, LINE_RATE,
                          "rate %s would be %.0f %%: write %s%% or a share", text, 100.0 * *rate,
                          text);
        return false;
    }
    if (!percent && *rate > 1.0 && r->above++ == 0) {
        r->line = r->columns.csv.line[row];
    }
    *rate = percent ? *rate / 100.0 : *rate;
    return true;
}

static bool read_kind(wio_line_kind *kind, reader *r, size_t row)
{
    static const char *const words[WIO_LINE_KINDS] = {"base", "replace", "add", "except"};
    const char *text = wio_columns_cell(&r->columns, row, LINE_KIND);
    for (size_t k = 0; k < WIO_LINE_KINDS; k++) {
        if (strcmp(text, words[k]) == 0) {
            *kind = (wio_line_kind)k;
            return true;
        }
    }
    const char *nearest = wio_nearest(text, words, WIO_LINE_KINDS);
    wio_columns_wrong(&r->columns, row, LINE_KIND,
                      "kind is '%.40s', not base, replace, add or except%s%s%s", text,
                      nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                      nearest != NULL ? "'?)" : "");
    return false;
}

static void read_line(reader *r, size_t row)
{
    wio_schedule *schedule = r->schedule;
    char code[WIO_CODE_SIZE];
    wio_tariff_line line = {.line = r->columns.csv.line[row]};
    if (!wio_columns_whole(&r->columns, row)) {
        return;
    }
    bool good = read_code(code, r, row, LINE_CODE);
    good = read_kind(&line.kind, r, row) && good;
    good = read_rate(&line.rate, r, row) && good;
    line.from = read_date(r, row, LINE_FROM, 0);
    line.to = read_date(r, row, LINE_TO, 99999999);
    const char *partner = wio_columns_cell(&r->columns, row, LINE_PARTNER);
    const char *authority = wio_columns_cell(&r->columns, row, LINE_AUTHORITY);
    if (line.from > line.to) {
        wio_columns_wrong(&r->columns, row, LINE_TO, "the line ends before it begins");
    }
    if (*authority == '\0') {
        wio_columns_wrong(&r->columns, row, LINE_AUTHORITY, "a line needs its authority");
    }
    if (good && line.kind == WIO_LINE_EXCEPT && !(line.rate <= 1.0)) {
        wio_columns_wrong(&r->columns, row, LINE_RATE,
                          "an exception is the share of the line that is left out: 0 to 1");
    }
    if (good) {
        line.code = add(r, &schedule->code, code);
        line.partner = *partner == '\0' || strcmp(partner, "*") == 0
                           ? SIZE_MAX
                           : add(r, &schedule->partner, partner);
        line.authority = add(r, &schedule->authority, authority);
        schedule->tariff[schedule->tariffs++] = line;
    }
}

static int by_code(const void *a, const void *b)
{
    const wio_tariff_line *x = a, *y = b;
    return x->code != y->code ? (x->code > y->code) - (x->code < y->code)
                              : (x->line > y->line) - (x->line < y->line);
}

static void index_lines(reader *r)
{
    wio_schedule *schedule = r->schedule;
    if (r->above != 0) {
        wio_find(r->log, WIO_WARNING, r->columns.path, r->line, r->columns.at[LINE_RATE] + 1,
                 "%zu rates are above 100 %%, this one first: a rate is a share, 0.025 or 2.5%%",
                 r->above);
    }
    schedule->first = wio_zalloc(schedule->code.count + 1, sizeof *schedule->first);
    if (schedule->first == NULL) {
        r->failed = true;
        return;
    }
    qsort(schedule->tariff, schedule->tariffs, sizeof *schedule->tariff, by_code);
    for (size_t i = 0; i < schedule->tariffs; i++) {
        schedule->first[schedule->tariff[i].code + 1] = i + 1;
    }
}

/* --- trade ------------------------------------------------------------------------------------------ */

enum { TRADE_CODE, TRADE_VALUE, TRADE_PARTNER, TRADES };

static void read_entry(reader *r, size_t row)
{
    wio_schedule *schedule = r->schedule;
    wio_entry entry = {.line = r->columns.csv.line[row]};
    char code[WIO_CODE_SIZE];
    if (!wio_columns_whole(&r->columns, row)) {
        return;
    }
    bool good = read_code(code, r, row, TRADE_CODE);
    good =
        wio_columns_number(&entry.value, &r->columns, row, TRADE_VALUE, "value", "money") && good;
    const char *partner = wio_columns_cell(&r->columns, row, TRADE_PARTNER);
    bool named = r->columns.at[TRADE_PARTNER] != SIZE_MAX;
    if (good && entry.value < 0.0) {
        wio_columns_wrong(&r->columns, row, TRADE_VALUE, "imports of %g are no weight",
                          entry.value);
    } else if (named && *partner == '\0') {
        wio_columns_wrong(&r->columns, row, TRADE_PARTNER, "the partner is missing");
    } else if (good) {
        entry.partner = add(r, &schedule->partner, named ? partner : "all");
        entry.code = wio_strdup(code);
        r->failed = r->failed || entry.code == NULL;
        schedule->entry[schedule->entries++] = entry;
    }
}

/* --- concordance ------------------------------------------------------------------------------------ */

enum { MEMBER_CODE, MEMBER_SECTOR, MEMBER_WEIGHT, MEMBERS };

static void read_member(reader *r, size_t row)
{
    wio_schedule *schedule = r->schedule;
    wio_membership member = {.weight = 1.0};
    char code[WIO_CODE_SIZE];
    if (!wio_columns_whole(&r->columns, row)) {
        return;
    }
    bool good = read_code(code, r, row, MEMBER_CODE);
    if (r->columns.at[MEMBER_WEIGHT] != SIZE_MAX) {
        good = wio_columns_number(&member.weight, &r->columns, row, MEMBER_WEIGHT, "weight",
                                  "a share") &&
               good;
    }
    const char *sector = wio_columns_cell(&r->columns, row, MEMBER_SECTOR);
    if (*sector == '\0') {
        wio_columns_wrong(&r->columns, row, MEMBER_SECTOR, "the sector is missing");
    } else if (good && !(member.weight >= 0.0 && member.weight <= 1.0)) {
        wio_columns_wrong(&r->columns, row, MEMBER_WEIGHT, "weight %g is not a share",
                          member.weight);
    } else if (good) {
        member.code = add(r, &schedule->product, code);
        member.sector = add(r, &schedule->sector, sector);
        schedule->member[schedule->members++] = member;
    }
}

static int by_product(const void *a, const void *b)
{
    const wio_membership *x = a, *y = b;
    return x->code != y->code ? (x->code > y->code) - (x->code < y->code)
                              : (x->sector > y->sector) - (x->sector < y->sector);
}

/* Weights of a code add up to 1; a sector is named once for it. */
static void index_members(reader *r)
{
    wio_schedule *schedule = r->schedule;
    schedule->member_at = wio_zalloc(schedule->product.count + 1, sizeof *schedule->member_at);
    if (schedule->member_at == NULL) {
        r->failed = true;
        return;
    }
    qsort(schedule->member, schedule->members, sizeof *schedule->member, by_product);
    for (size_t i = 0; i < schedule->members; i++) {
        schedule->member_at[schedule->member[i].code + 1] = i + 1;
    }
    for (size_t c = 0; c < schedule->product.count; c++) {
        double sum = 0.0;
        for (size_t i = schedule->member_at[c]; i < schedule->member_at[c + 1]; i++) {
            sum += schedule->member[i].weight;
            if (i > schedule->member_at[c] &&
                schedule->member[i].sector == schedule->member[i - 1].sector) {
                wio_columns_wrong(&r->columns, r->columns.csv.rows, MEMBER_CODE,
                                  "%s belongs to %s twice", schedule->product.code[c],
                                  schedule->sector.code[schedule->member[i].sector]);
            }
        }
        if (fabs(sum - 1.0) > 1e-9) { /* weights are printed with nine digits or more */
            wio_columns_wrong(&r->columns, r->columns.csv.rows, MEMBER_CODE,
                              "the weights of %s add up to %.9g, not 1", schedule->product.code[c],
                              sum);
        }
    }
}

/* --- the three files -------------------------------------------------------------------------------- */

typedef void read_row(reader *, size_t);
typedef void end_file(reader *);

typedef struct kind_of_file {
    const char *names[WIO_MOST_COLUMNS];
    size_t count, required;
    size_t list, size; /* of the schedule: where the list is, and how large an element */
    read_row *row;
    end_file *end;
} kind_of_file;

static const kind_of_file FILES[] = {
    {{"hs", "kind", "authority", "rate", "partner", "from", "to"},
     LINES,
     4,
     offsetof(wio_schedule, tariff),
     sizeof(wio_tariff_line),
     read_line,
     index_lines},
    {{"hs", "value", "partner"},
     TRADES,
     2,
     offsetof(wio_schedule, entry),
     sizeof(wio_entry),
     read_entry,
     NULL},
    {{"hs", "sector", "weight"},
     MEMBERS,
     2,
     offsetof(wio_schedule, member),
     sizeof(wio_membership),
     read_member,
     index_members},
};

/* Every mistake of the file is logged; FORMAT when there is one. */
static wio_status read_file(reader *r, const kind_of_file *kind, const char *path)
{
    wio_status status = wio_columns_open(&r->columns, path, kind->names, kind->count,
                                         kind->required, r->log, r->err);
    size_t rows = status == WIO_OK && !r->columns.mistakes ? r->columns.csv.rows : 0;
    if (rows > 0) {
        void *list = wio_zalloc(rows, kind->size);
        memcpy((char *)r->schedule + kind->list, &list, sizeof list);
        r->failed = list == NULL;
        for (size_t row = 1; row < rows && !r->failed; row++) {
            kind->row(r, row);
        }
        if (!r->failed && !r->columns.mistakes && kind->end != NULL) {
            kind->end(r);
        }
    }
    if (status == WIO_OK && r->failed) {
        status = wio_fail(r->err, WIO_E_MEMORY, "%s: no memory for its %zu rows", path, rows);
    } else if (status == WIO_OK && r->columns.mistakes) {
        status = WIO_E_FORMAT;
    }
    wio_columns_close(&r->columns);
    return status;
}

wio_status wio_schedule_read(wio_schedule **out, const char *lines, const char *trade,
                             const char *concordance, wio_log *log, wio_error *err)
{
    if (out == NULL || lines == NULL || trade == NULL || concordance == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_schedule_read: NULL argument");
    }
    const char *const paths[] = {lines, trade, concordance};
    reader r = {.schedule = wio_zalloc(1, sizeof *r.schedule), .log = log, .err = err};
    wio_status worst = WIO_OK;
    if (r.schedule != NULL) {
        r.schedule->path = wio_strdup(lines);
    }
    if (r.schedule == NULL || r.schedule->path == NULL) {
        wio_schedule_free(r.schedule);
        return wio_fail(err, WIO_E_MEMORY, "%s: no memory for a schedule", lines);
    }
    for (size_t i = 0; i < 3; i++) { /* all mistakes of all files */
        wio_status status = read_file(&r, &FILES[i], paths[i]);
        worst = worst == WIO_OK ? status : worst;
    }
    if (worst != WIO_OK) {
        wio_schedule_free(r.schedule);
        return worst;
    }
    *out = r.schedule;
    return WIO_OK;
}

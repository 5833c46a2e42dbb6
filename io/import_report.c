/* import_report.c - what was read, as notes in the log: shapes, totals, roles, what was left out,
 * the source's gross output against ours, activities without output, negative numbers. */
#include "import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_NAMED = 12 };
static const double FAR =
    1e-2; /* of output: more than rounding does in a table of whole millions */

void wio_report_add(wio_import *import, wio_text *text, wio_severity severity)
{
    if (!text->failed && text->data != NULL) {
        wio_find(import->log, severity, import->source, 0, 0, "%s", text->data);
        (void)wio_import_add_note(import, text->data);
    } else {
        (void)wio_import_memory(import, "report");
    }
    wio_text_free(text);
}

static void add_note(wio_import *import, wio_text *text)
{
    wio_report_add(import, text, WIO_NOTE);
}

void wio_report_number(wio_text *text, double value)
{
    char number[WIO_NUMBER_SIZE + 320];
    wio_text_add(text, "%s", wio_format_fixed(number, value, fabs(value) < 1e6 ? 3 : 0));
}

static void add_origin(wio_text *text, const wio_table *t, size_t origin)
{
    wio_text_add(text, "%s.%s", t->region.code[t->origin_region[origin]],
                 t->sector.code[t->origin_sector[origin]]);
}

static void report_shape(wio_import *import)
{
    const wio_table *t = import->table;
    size_t producing = 0;
    for (size_t r = 0; r < t->region.count; r++) {
        producing += t->endogenous[r];
    }
    wio_text text = {0};
    wio_text_add(&text, "classification: %s",
                 import->classification != NULL ? import->classification
                                                : "not named by the source, its codes are kept");
    add_note(import, &text);
    wio_text_add(&text,
                 "%s: %zu activities in %zu regions that produce%s, %zu origins, %zu final "
                 "columns, %zu primary inputs, %zu satellite accounts",
                 t->title, t->n, producing,
                 producing < t->region.count ? " (others only trade)" : "", t->m, t->f, t->p, t->k);
    add_note(import, &text);
    wio_text_add(&text, "totals in %s: intermediate ", t->unit);
    wio_report_number(&text, wio_sum(t->Z, t->m * t->n, 1));
    wio_text_add(&text, ", final ");
    wio_report_number(&text, wio_sum(t->Y, t->m * t->f, 1));
    wio_text_add(&text, ", primary inputs ");
    wio_report_number(&text, wio_sum(t->P, t->p * t->n, 1));
    wio_text_add(&text, ", gross output ");
    wio_report_number(&text, wio_sum(t->x, t->n, 1));
    add_note(import, &text);
}

void wio_report_roles(wio_import *import)
{
    const wio_table *t = import->table;
    wio_text text = {0};
    wio_text_add(&text, "roles: ");
    for (size_t i = 0; i < t->use.count + t->item.count; i++) {
        bool use = i < t->use.count;
        size_t at = use ? i : i - t->use.count;
        if (i == 3 * MOST_NAMED) {
            wio_text_add(&text, "; %zu more", t->use.count + t->item.count - i);
            break;
        }
        wio_text_add(&text, "%s%s = %s", i != 0 ? "; " : "",
                     use ? t->use.code[at] : t->item.code[at],
                     wio_role_name(use ? t->use_role[at] : t->item_role[at]));
    }
    if (t->use.count + t->item.count == 0) {
        wio_text_add(&text, "none, there are neither final uses nor primary inputs");
    }
    add_note(import, &text);
    if (import->left_out.length != 0) {
        wio_text_add(&text, "not imported: %s", import->left_out.data);
        add_note(import, &text);
    }
}

/* How far the sums are from the source's gross output, at most and where, without the use (of rows) or
 * the item (of columns) `without`; SIZE_MAX: with all of them. -1: no output is given. */
static double output_gap(size_t *worst, const wio_import *import, bool row, size_t without)
{
    const wio_table *t = import->table;
    const double *theirs = row ? import->output_column : import->output_row;
    double gap = -1.0;
    for (size_t i = 0; i < t->n; i++) {
        double ours = row ? t->x[i] : t->cost[i];
        for (size_t c = 0; row && without != SIZE_MAX && c < t->f; c++) {
            ours -= t->final_use[c] == without ? t->Y[i * t->f + c] : 0.0;
        }
        ours -= !row && without != SIZE_MAX ? t->P[without * t->n + i] : 0.0;
        double d = fabs(theirs[i] - ours);
        if (d > gap) {
            gap = d;
            *worst = i;
        }
    }
    return gap;
}

/* What to do about sums that are far off; names the use or item without which they agree best. */
static void add_remedy(wio_text *text, const wio_import *import, bool row)
{
    const wio_table *t = import->table;
    const double *theirs = row ? import->output_column : import->output_row;
    const wio_names *names = row ? &t->use : &t->item;
    const char *code = NULL;
    double least = INFINITY;
    for (size_t i = 0; i < names->count; i++) {
        size_t worst = 0;
        double gap = output_gap(&worst, import, row, i);
        if (gap < least && gap <= FAR * fabs(theirs[worst])) {
            least = gap;
            code = names->code[i];
        }
    }
    wio_text_add(text, ": is a total, or a part of another line, among what was read? ");
    if (code != NULL) {
        wio_text_add(text, "Without '%s' they agree. ", code);
    }
    wio_text_add(text,
                 "To leave a line out give --roles a CSV file: the line 'code,role', then "
                 "'%s,left_out'",
                 code != NULL ? code : "CODE");
}

/* Inputs that are far from the output of their activity, where the source has no output of columns
 * to hold them against: it may not be whole. */
static void report_inputs(wio_import *import)
{
    const wio_table *t = import->table;
    size_t worst = SIZE_MAX;
    double largest = 0.0;
    for (size_t i = 0; i < t->n; i++) {
        double gap = fabs(t->x[i] - t->cost[i]);
        worst = gap > largest ? i : worst;
        largest = fmax(gap, largest);
    }
    if (worst == SIZE_MAX || largest <= FAR * t->x[worst]) {
        return;
    }
    char number[WIO_NUMBER_SIZE];
    wio_text text = {0};
    wio_text_add(&text, "inputs do not add up to output: largest gap at ");
    add_origin(&text, t, worst);
    wio_text_add(&text, " (inputs %s", wio_format_double(number, t->cost[worst]));
    wio_text_add(&text, ", output %s): is the source whole?%s",
                 wio_format_double(number, t->x[worst]),
                 t->p == 0 ? " There are no primary inputs" : "");
    wio_report_add(import, &text, WIO_WARNING);
}

/* The source's own gross output against our sums. */
static void report_output(wio_import *import)
{
    const wio_table *t = import->table;
    for (int column = 0; column < 2; column++) {
        const bool row = column == 0;
        size_t worst = 0;
        double gap = output_gap(&worst, import, row, SIZE_MAX);
        if (gap < 0.0) {
            if (column) {
                report_inputs(import);
            }
            continue;
        }
        const double theirs = row ? import->output_column[worst] : import->output_row[worst];
        bool far = gap > FAR * fabs(theirs);
        char number[WIO_NUMBER_SIZE];
        wio_text text = {0};
        wio_text_add(&text, "gross output of the source against the %s sums: largest gap %s",
                     row ? "row" : "column", wio_format_double(number, gap));
        if (gap > 0.0) {
            wio_text_add(&text, " at ");
            add_origin(&text, t, worst);
            wio_text_add(&text, " (source %s", wio_format_double(number, theirs));
            wio_text_add(&text, ", sum %s)",
                         wio_format_double(number, row ? t->x[worst] : t->cost[worst]));
        }
        if (far) {
            add_remedy(&text, import, row);
        }
        wio_report_add(import, &text, far ? WIO_WARNING : WIO_NOTE);
    }
}

static void report_zeros(wio_import *import)
{
    const wio_table *t = import->table;
    size_t count = 0;
    wio_text text = {0}, names = {0};
    for (size_t i = 0; i < t->n; i++) {
        if (t->x[i] == 0.0 && count++ < MOST_NAMED) {
            wio_text_add(&names, "%s", count > 1 ? ", " : "");
            add_origin(&names, t, i);
        }
    }
    if (count == 0) {
        wio_text_add(&text, "every activity has output");
    } else {
        wio_text_add(&text, "%zu activities without output: %s%s", count,
                     names.data != NULL ? names.data : "", count > MOST_NAMED ? ", ..." : "");
    }
    text.failed = text.failed || names.failed;
    wio_text_free(&names);
    add_note(import, &text);
}

/* A region that consumes and makes nothing is more often a mistake in a label than a region. */
static void report_regions(wio_import *import)
{
    const wio_table *t = import->table;
    wio_text text = {0};
    size_t count = 0;
    for (size_t r = 0; r < t->region.count; r++) {
        bool uses = false;
        for (size_t c = 0; c < t->f; c++) {
            uses = uses ||
                   (t->final_region[c] == r && t->use_role[t->final_use[c]] != WIO_ROLE_EXPORT);
        }
        if (uses && !t->endogenous[r] && ++count <= MOST_NAMED) {
            wio_text_add(&text, "%s%s", count == 1 ? "" : ", ", t->region.code[r]);
        }
    }
    if (count != 0) {
        wio_text_add(&text, "%s: final uses, but no activity: is a label of a column right?",
                     count > MOST_NAMED ? ", ..." : "");
        wio_report_add(import, &text, WIO_WARNING);
    }
}

static void add_place(wio_text *text, const wio_table *t, char block, size_t row, size_t column)
{
    if (block == 'P') {
        wio_text_add(text, "%s", t->item.code[row]);
    } else if (block == 'S') {
        wio_text_add(text, "%s", t->account.code[row]);
    } else {
        add_origin(text, t, row);
    }
    wio_text_add(text, " to ");
    if (block == 'Y') {
        wio_text_add(text, "%s.%s", t->region.code[t->final_region[column]],
                     t->use.code[t->final_use[column]]);
    } else {
        add_origin(text, t, column);
    }
}

static void report_negatives(wio_import *import)
{
    const wio_table *t = import->table;
    const struct {
        char name;
        const char *what;
        const double *v;
        size_t rows, columns;
    } block[] = {{'Z', "intermediate flows", t->Z, t->m, t->n},
                 {'Y', "final uses", t->Y, t->m, t->f},
                 {'P', "primary inputs", t->P, t->p, t->n},
                 {'S', "satellites", t->S, t->k, t->n}};
    for (size_t b = 0; b < sizeof block / sizeof *block; b++) {
        size_t count = 0, worst = 0;
        for (size_t i = 0; i < block[b].rows * block[b].columns; i++) {
            if (block[b].v[i] < 0.0) {
                worst = count == 0 || block[b].v[i] < block[b].v[worst] ? i : worst;
                count++;
            }
        }
        wio_text text = {0};
        if (count != 0) {
            char number[WIO_NUMBER_SIZE];
            wio_text_add(&text, "%zu negative %s, the largest %s from ", count, block[b].what,
                         wio_format_double(number, block[b].v[worst]));
            add_place(&text, t, block[b].name, worst / block[b].columns, worst % block[b].columns);
            add_note(import, &text);
        } else if (b == 0) {
            wio_text_add(&text, "no negative intermediate flows");
            add_note(import, &text);
        }
    }
}

static void report_blanks(wio_import *import)
{
    for (size_t g = 0; g < import->grids; g++) {
        const wio_grid *grid = &import->grid[g];
        wio_text text = {0};
        if (grid->taken_as_zero != 0) {
            wio_text_add(&text, "%zu cells that the publisher left blank are taken as 0",
                         grid->taken_as_zero);
            add_note(import, &text);
        }
    }
}

void wio_import_report(wio_import *import)
{
    report_shape(import);
    wio_report_roles(import);
    report_output(import);
    report_blanks(import);
    report_zeros(import);
    report_regions(import);
    report_negatives(import);
}

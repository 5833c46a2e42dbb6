/* import_mapping_balance.c - supply and use of a mapping held against each other, as they were read:
 *
 *     industries + imports (+ margins + taxes) = use of a product at basic (at purchasers') prices,
 *
 * every total against its parts, every matrix of margins, taxes, imports against the column of the
 * supply table that it takes apart. Nothing is made to balance: what differs by more than `tolerance`
 * and rounding is a mistake, with the product's name and by how much. */
#include "import_mapping.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double ROUNDING = 1e-10; /* of both sides: their sums in double precision */

bool wio_map_supply_sums(double *sum, const wio_map_tables *t, wio_map_supply role)
{
    const size_t columns = t->supply.columns;
    bool there = false;
    memset(sum, 0, t->products * sizeof *sum);
    for (size_t s = 0; s < columns; s++) {
        bool chosen = t->map->supply_role[s] == role;
        there = there || chosen;
        for (size_t i = 0; chosen && i < t->products; i++) {
            sum[i] += t->supply.value[i * columns + s];
        }
    }
    return there;
}

static bool differ(const wio_map_tables *t, double a, double b)
{
    return fabs(a - b) > t->map->tolerance + ROUNDING * (fabs(a) + fabs(b));
}

/* A mistake at the product's label in a sheet of that matrix. */
static void blame(wio_map_tables *t, wio_map_part part, size_t product, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void blame(wio_map_tables *t, wio_map_part part, size_t product, const char *format, ...)
{
    wio_mapping *map = t->map;
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    for (size_t i = 0; i < map->sheets; i++) {
        wio_map_sheet *sheet = &map->sheet[i];
        for (size_t r = 0; sheet->part == part && !sheet->turned && r < sheet->cells.rows; r++) {
            if (sheet->row[r].kind == WIO_MAP_PRODUCT && sheet->row[r].code == product) {
                size_t column = sheet->is_long ? sheet->at[1] : sheet->code_column - 1;
                wio_mapping_cell(map, sheet, WIO_ERROR, r, column, "%s", message);
                return;
            }
        }
    }
    wio_mapping_wrong(map, wio_node_get(&map->root, "sheets"), "%s", message);
}

static void compare(wio_map_tables *t, wio_map_part part, const double *a, const char *what_a,
                    const double *b, const char *what_b)
{
    char number[3][WIO_NUMBER_SIZE];
    for (size_t i = 0; i < t->products; i++) {
        if (differ(t, a[i], b[i])) {
            blame(t, part, i, "product '%.80s': %s %s, %s %s: they differ by %s million",
                  t->map->product.code[i], what_a, wio_format_double(number[0], a[i]), what_b,
                  wio_format_double(number[1], b[i]), wio_format_double(number[2], a[i] - b[i]));
        }
    }
}

typedef struct sides { /* [products] each */
    double *made, *imports, *margins, *taxes, *supply, *use, *other;
    bool has_imports, has_margins, has_taxes;
} sides;

static void row_sums(double *sum, const wio_map_block *block)
{
    wio_row_sums(sum, block->rows, block->columns, block->value);
}

/* Each kind of margins is paid to those who earn it. */
static void check_margins(wio_map_tables *t)
{
    const size_t columns = t->supply.columns, users = t->users;
    const wio_map_block *by_user = &t->part[WIO_PART_MARGINS];
    char number[WIO_NUMBER_SIZE];
    for (size_t s = 0; s < columns; s++) {
        double sum = wio_sum(t->supply.value + s, t->products, columns), size = 0.0;
        for (size_t i = 0; i < t->products; i++) {
            size += fabs(t->supply.value[i * columns + s]);
        }
        if (t->map->supply_role[s] == WIO_SUPPLY_MARGINS &&
            fabs(sum) > t->map->tolerance + ROUNDING * size) {
            wio_mapping_wrong(t->map, &wio_node_get(&t->map->root, "supply")->key[s],
                              "margins '%.80s' add to %s million over all products, not to 0: "
                              "those who earn them have them below 0",
                              t->map->supply.code[s], wio_format_double(number, sum));
        }
    }
    for (size_t u = 0; t->has[WIO_PART_MARGINS] && u < users; u++) {
        double sum = wio_sum(by_user->value + u, t->products, users);
        double cost = wio_sum(t->part[WIO_PART_USE].value + u, t->products, users);
        if (fabs(sum) > t->map->tolerance + ROUNDING * fabs(cost)) {
            wio_mapping_wrong(t->map, wio_node_get(&t->map->root, "sheets"),
                              "margins in what '%.80s' uses add to %s million over all products, "
                              "not to 0: those who earn them have them below 0",
                              u < t->industries ? t->map->industry.code[u]
                                                : t->map->use.code[u - t->industries],
                              wio_format_double(number, sum));
        }
    }
}

/* A matrix of users against the column of supply; without the column its sums are the column. */
static void check_matrix(wio_map_tables *t, sides *s, wio_map_part part, double *column,
                         bool *there, const char *what)
{
    if (!t->has[part]) {
        return;
    }
    row_sums(s->other, &t->part[part]);
    if (*there) {
        compare(t, part, s->other, "its users have", column, what);
    } else {
        memcpy(column, s->other, t->products * sizeof *column);
        *there = true;
    }
}

static void check_totals(wio_map_tables *t, const sides *s)
{
    static const char *const what[] = {"output by industries is", "supply at basic prices is",
                                       "supply at purchasers' prices is"};
    static const wio_map_supply role[] = {WIO_SUPPLY_OUTPUT, WIO_SUPPLY_TOTAL_BASIC,
                                          WIO_SUPPLY_TOTAL};
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < t->products; i++) {
            s->supply[i] = s->made[i] + (k > 0 ? s->imports[i] : 0.0) +
                           (k > 1 ? s->margins[i] + s->taxes[i] : 0.0);
        }
        if (wio_map_supply_sums(s->other, t, role[k])) {
            compare(t, WIO_PART_SUPPLY, s->supply, what[k], s->other, "its total says");
        }
    }
}

/* Uses of home and of imported products are all uses. */
static void check_cells(wio_map_tables *t)
{
    const wio_map_block *all = &t->part[WIO_PART_USE];
    const double *home = t->part[WIO_PART_DOMESTIC].value,
                 *imported = t->part[WIO_PART_IMPORTS].value;
    char number[2][WIO_NUMBER_SIZE];
    for (size_t k = 0; k < all->rows * all->columns; k++) {
        if (differ(t, all->value[k], home[k] + imported[k])) {
            size_t u = k % all->columns;
            blame(t, WIO_PART_USE, k / all->columns,
                  "'%.80s' to '%.80s' is %s, but its home and imported parts are %s",
                  t->map->product.code[k / all->columns],
                  u < t->industries ? t->map->industry.code[u]
                                    : t->map->use.code[u - t->industries],
                  wio_format_double(number[0], all->value[k]),
                  wio_format_double(number[1], home[k] + imported[k]));
        }
    }
}

/* Supply of every product against its use, at the prices of the table of use. */
static void check_use(wio_map_tables *t, const sides *s)
{
    for (size_t i = 0; i < t->products; i++) {
        s->supply[i] =
            s->made[i] + s->imports[i] + (t->purchasers ? s->margins[i] + s->taxes[i] : 0.0);
    }
    if (t->has[WIO_PART_USE]) {
        row_sums(s->use, &t->part[WIO_PART_USE]);
        compare(t, WIO_PART_USE, s->supply,
                t->purchasers ? "supply at purchasers' prices is" : "supply at basic prices is",
                s->use, "use is");
    }
    if (t->has[WIO_PART_DOMESTIC]) {
        row_sums(s->use, &t->part[WIO_PART_DOMESTIC]);
        compare(t, WIO_PART_DOMESTIC, s->made, "output by industries is", s->use,
                "use of it at home and in exports is");
    }
}

wio_status wio_map_balance(wio_map_tables *t)
{
    wio_arena arena = {0};
    sides s = {.made = wio_take(&arena, t->products),
               .imports = wio_take(&arena, t->products),
               .margins = wio_take(&arena, t->products),
               .taxes = wio_take(&arena, t->products),
               .supply = wio_take(&arena, t->products),
               .use = wio_take(&arena, t->products),
               .other = wio_take(&arena, t->products)};
    if (arena.failed) {
        wio_arena_free(&arena);
        return wio_mapping_memory(t->map, "balances");
    }
    row_sums(s.made, &t->part[WIO_PART_SUPPLY]);
    s.has_imports = wio_map_supply_sums(s.imports, t, WIO_SUPPLY_IMPORTS);
    s.has_margins = wio_map_supply_sums(s.margins, t, WIO_SUPPLY_MARGINS);
    s.has_taxes = wio_map_supply_sums(s.taxes, t, WIO_SUPPLY_TAXES);
    check_margins(t);
    check_matrix(t, &s, WIO_PART_MARGINS, s.margins, &s.has_margins, "margins of its supply are");
    check_matrix(t, &s, WIO_PART_TAXES, s.taxes, &s.has_taxes, "taxes of its supply are");
    check_matrix(t, &s, WIO_PART_IMPORTS, s.imports, &s.has_imports, "imports of its supply are");
    check_totals(t, &s);
    check_use(t, &s);
    if (t->has[WIO_PART_USE] && t->has[WIO_PART_DOMESTIC] && t->has[WIO_PART_IMPORTS]) {
        check_cells(t);
    }
    wio_arena_free(&arena);
    return WIO_OK;
}

/* test_table_folder.c - suite for the native table folder: io/table_folder.c, table_head.c,
 * table_labels.c, table_blocks.c, table_text.c, table_write.c, and io/table_open.c, io/demand.c. */
#include "../io/io.h"
#include "support.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* OUT is listed before HOME, and only delivers C; HOME makes A and B. x = (10, 20). */
static const struct {
    const char *name, *text;
} small[] = {
    {"table.yaml", "name: small\n"
                   "title: \"Two sectors: \\\"small\\\"\"\n"
                   "year: 2020\n"
                   "unit: million EUR\n"
                   "price_basis: basic\n"
                   "import_split: survey\n"
                   "import_split_note: asked\n"
                   "import_valuation: {OUT: customs}\n"
                   "household_income: {amount: 12.5, unit: million EUR, source: a book, note: "
                   "rounded}\n"
                   "sources: [one, two]\n"
                   "licence: none\n"
                   "notes: [\"a note: with a colon\"]\n"
                   "files: {rates.csv: what it costs}\n"},
    {"regions.csv", "code,name,endogenous\nOUT,Abroad,0\nHOME,\"Home, sweet\",1\n"},
    {"sectors.csv", "code,name,region\nC,Chips,OUT\nA,Apples,HOME\nB,Bread,HOME\n"},
    {"uses.csv", "code,name,role\nHH,Households,household\nEXP,Exports,export\n"},
    {"primary_items.csv", "item,name,role\nwages,Wages,compensation\nrest,Rest,surplus\n"},
    {"groups.csv", "group,sector\nfood,A\nfood,B\nall_but,C\n"},
    {"flows.csv", ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,EXP\n"
                  "OUT,C,1,1,2,0\nHOME,A,1,2,6.5,0.5\nHOME,B,3,4,10,3\n"},
    {"primary.csv", ",HOME,HOME\nitem,A,B\nwages,4,10\nrest,1,3\n"},
    {"satellites.csv", ",,HOME,HOME\naccount,unit,A,B\njobs,persons,7,\n"},
    {"satellites_notes.csv", "account,region,sector,note\njobs,HOME,B,\"not known, yet\"\n"
                             "jobs,HOME,,partial\n"},
    {"rates.csv", "sector,rate,why\nA,0.1,\"a, b\"\nB,,\n"},
};

enum { FILES = sizeof small / sizeof small[0] };

/* The small table in the folder `name`, with one file replaced (NULL: left out). */
static void write_small(const char *name, const char *file, const char *text)
{
    ck_assert_int_eq(mkdir(scratch(name), 0777), 0);
    for (size_t i = 0; i < FILES; i++) {
        char path[200];
        bool other = file != NULL && strcmp(file, small[i].name) == 0;
        (void)snprintf(path, sizeof path, "%s/%s", name, small[i].name);
        if (!other || text != NULL) {
            scratch_write(path, other ? text : small[i].text);
        }
    }
}

static wio_table *read_ok(const char *path, wio_log *log)
{
    wio_table *table = NULL;
    wio_error err = {0};
    wio_status status = wio_table_read_folder(&table, path, log, &err);
    ck_assert_msg(status == WIO_OK, "%s", err.message);
    return table;
}

static void same_numbers(const double *a, const double *b, size_t count)
{
    ck_assert(count == 0 || memcmp(a, b, count * sizeof *a) == 0);
}

static void same_names(const wio_names *a, const wio_names *b)
{
    ck_assert_uint_eq(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        ck_assert_str_eq(a->code[i], b->code[i]);
        ck_assert_str_eq(a->name[i], b->name[i]);
    }
}

/* Everything of a table but where it was read. */
static void same_table(const wio_table *a, const wio_table *b)
{
    ck_assert_uint_eq(a->n, b->n);
    ck_assert_uint_eq(a->m, b->m);
    ck_assert_uint_eq(a->f, b->f);
    ck_assert_uint_eq(a->p, b->p);
    ck_assert_uint_eq(a->k, b->k);
    same_numbers(a->Z, b->Z, a->m * a->n);
    same_numbers(a->Y, b->Y, a->m * a->f);
    same_numbers(a->P, b->P, a->p * a->n);
    for (size_t i = 0; i < a->k * a->n; i++) {
        ck_assert((isnan(a->S[i]) && isnan(b->S[i])) || a->S[i] == b->S[i]);
    }
    same_names(&a->region, &b->region);
    same_names(&a->use, &b->use);
    same_names(&a->item, &b->item);
    same_names(&a->account, &b->account);
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->title, b->title);
    ck_assert_str_eq(a->unit, b->unit);
    ck_assert_str_eq(a->import_split_note, b->import_split_note);
    ck_assert_str_eq(a->household_income_source, b->household_income_source);
    ck_assert_str_eq(a->licence, b->licence);
    ck_assert_int_eq(a->year, b->year);
    ck_assert(a->household_income == b->household_income ||
              (isnan(a->household_income) && isnan(b->household_income)));
    ck_assert_uint_eq(a->sources, b->sources);
    ck_assert_uint_eq(a->notes, b->notes);
    for (size_t i = 0; i < a->notes; i++) {
        ck_assert_str_eq(a->note[i], b->note[i]);
    }
    for (size_t r = 0; r < a->region.count; r++) {
        ck_assert_int_eq(a->valuation[r], b->valuation[r]);
        ck_assert(a->endogenous[r] == b->endogenous[r]);
    }
    for (size_t i = 0; i < a->m; i++) {
        ck_assert_str_eq(wio_table_origin_region(a, i), wio_table_origin_region(b, i));
        ck_assert_str_eq(wio_table_origin_sector(a, i), wio_table_origin_sector(b, i));
        ck_assert_str_eq(wio_table_sector_name(a, i), wio_table_sector_name(b, i));
    }
    for (size_t c = 0; c < a->f; c++) {
        ck_assert_uint_eq(a->final_region[c], b->final_region[c]);
        ck_assert_uint_eq(a->final_use[c], b->final_use[c]);
        ck_assert_int_eq(a->use_role[a->final_use[c]], b->use_role[b->final_use[c]]);
    }
    ck_assert_uint_eq(a->groups, b->groups);
    for (size_t g = 0; g < a->groups; g++) {
        ck_assert_str_eq(a->group[g].code, b->group[g].code);
        ck_assert_uint_eq(a->group[g].count, b->group[g].count);
        for (size_t i = 0; i < a->group[g].count; i++) {
            ck_assert_str_eq(a->sector.code[a->group[g].sector[i]],
                             b->sector.code[b->group[g].sector[i]]);
        }
    }
    ck_assert_uint_eq(a->satellite_notes, b->satellite_notes);
    for (size_t i = 0; i < 4 * a->satellite_notes; i++) {
        ck_assert_str_eq(a->satellite_note[i], b->satellite_note[i]);
    }
    ck_assert_uint_eq(a->frames, b->frames);
    for (size_t i = 0; i < a->frames; i++) {
        ck_assert_str_eq(a->frame[i].file, b->frame[i].file);
        ck_assert_str_eq(a->frame[i].about, b->frame[i].about);
        ck_assert_uint_eq(a->frame[i].rows, b->frame[i].rows);
        ck_assert_uint_eq(a->frame[i].columns, b->frame[i].columns);
        for (size_t c = 0; c < a->frame[i].rows * a->frame[i].columns; c++) {
            ck_assert_str_eq(a->frame[i].cell[c], b->frame[i].cell[c]);
        }
    }
}

/* --- reading ----------------------------------------------------------------------------------------- */

START_TEST(a_folder_becomes_a_table)
{
    write_small("t", NULL, NULL);
    wio_log *log = new_log();
    wio_table *table = read_ok(scratch("t"), log);
    ck_assert_uint_eq(wio_log_count(log, WIO_WARNING), 0);
    ck_assert_uint_eq(table->n, 2);
    ck_assert_uint_eq(table->m, 3);
    ck_assert_str_eq(wio_table_origin_sector(table, 2), "C"); /* imports last */
    ck_assert_double_eq(table->x[0], 10);
    ck_assert_double_eq(table->x[1], 20);
    ck_assert_double_eq(table->Z[2 * 2 + 1], 1);
    ck_assert_double_eq(table->P[1], 10);
    ck_assert_double_eq(table->S[0], 7);
    ck_assert(isnan(table->S[1]));
    ck_assert_str_eq(table->currency, "EUR");
    ck_assert_double_eq(table->household_income, 12.5);
    ck_assert_str_eq(table->household_income_source, "a book (rounded)");
    ck_assert_int_eq(table->valuation[0], WIO_CUSTOMS);
    ck_assert_str_eq(table->title, "Two sectors: \"small\"");
    ck_assert_uint_eq(wio_table_group(table, "food")->count, 2);
    ck_assert_ptr_null(wio_table_group(table, "none"));
    const wio_frame *frame = wio_table_frame(table, "rates.csv");
    ck_assert_str_eq(frame->about, "what it costs");
    ck_assert_uint_eq(frame->line[1], 3);
    ck_assert_str_eq(frame->cell[2], "a, b");
    ck_assert_uint_eq(table->inputs, FILES);
    for (size_t i = 0; i < table->inputs; i++) {
        ck_assert_uint_eq(strlen(table->input[i].digest), 64);
        ck_assert_uint_gt(table->input[i].bytes, 10);
    }
    wio_table_free(table);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(labels_may_be_in_any_order)
{
    write_small("t", NULL, NULL);
    write_small("u", "flows.csv",
                ",,HOME,HOME,HOME,OUT\nregion,sector,B,A,HH,EXP\n"
                "HOME,B,4,3,10,3\nOUT,C,1,1,2,0\nHOME,A,2,1,6.5,0.5\n");
    wio_log *log = new_log();
    wio_table *a = read_ok(scratch("t"), NULL), *b = read_ok(scratch("u"), log);
    same_table(a, b);
    ck_assert(logged(log, "flows.csv: note: in another order"));
    wio_table_free(a);
    wio_table_free(b);
    wio_log_free(log);
}
END_TEST

START_TEST(optional_files_may_be_absent)
{
    write_small("t", "groups.csv", NULL);
    ck_assert_int_eq(unlink(scratch("t/satellites.csv")), 0);
    ck_assert_int_eq(unlink(scratch("t/satellites_notes.csv")), 0);
    ck_assert_int_eq(unlink(scratch("t/rates.csv")), 0);
    scratch_write("t/table.yaml", "name: t\ntitle: t\nyear: 1\nunit: million X\nprice_basis: "
                                  "producer\nimport_split: mixed\nhousehold_income: 3\n");
    wio_log *log = new_log();
    wio_table *table = read_ok(scratch("t"), log);
    ck_assert_uint_eq(table->k, 0);
    ck_assert_uint_eq(table->groups, 0);
    ck_assert_double_eq(table->household_income, 3);
    ck_assert(logged(log, "import_valuation says nothing of region OUT"));
    wio_table_free(table);
    wio_log_free(log);
}
END_TEST

/* Totals added up in exact decimals by Python 3.11 from the files themselves. */
START_TEST(the_embedded_tables_have_their_totals)
{
    static const struct {
        const char *name;
        size_t n, m, f, missing;
        double Z, Y, P, x, S;
    } known[] = {
        {"us-2017", 113, 339, 8, 0, 14685750.817, 22163071.001, 19743783.099, 34429533.916,
         152179996},
        {"world-2009", 120, 120, 40, 0, 57155872, 56940120, 56940120, 114095992, 2087693190},
        {"world-2011", 350, 350, 40, 281, 72440092, 69268600, 69268600, 141708692, 165275850}};
    for (size_t i = 0; i < 3; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "studies/tables/%s", known[i].name);
        wio_table *t = read_ok(path, NULL);
        ck_assert_uint_eq(t->n, known[i].n);
        ck_assert_uint_eq(t->m, known[i].m);
        ck_assert_uint_eq(t->f, known[i].f);
        /* the sums are compensated; each number was rounded to double once: |error| <= u sum|v| */
        double u = 0x1p-53, Z = wio_sum(t->Z, t->m * t->n, 1), Y = wio_sum(t->Y, t->m * t->f, 1);
        ck_assert_double_eq_tol(Z, known[i].Z, 2 * u * known[i].Z);
        ck_assert_double_eq_tol(Y, known[i].Y, 2.1 * u * known[i].Y);
        ck_assert_double_eq_tol(wio_sum(t->P, t->p * t->n, 1), known[i].P, 2.1 * u * known[i].P);
        ck_assert_double_eq_tol(wio_sum(t->x, t->n, 1), known[i].x, 4 * u * known[i].x);
        size_t missing = 0;
        double jobs = 0.0;
        for (size_t j = 0; j < t->n; j++) {
            missing += isnan(t->S[j]) ? 1 : 0;
            jobs += isnan(t->S[j]) ? 0.0 : t->S[j];
        }
        ck_assert_uint_eq(missing, known[i].missing);
        ck_assert_double_eq(jobs, known[i].S); /* whole numbers: exact */
        wio_table_free(t);
    }
}
END_TEST

/* --- writing ------------------------------------------------------------------------------------------ */

START_TEST(a_written_table_is_read_the_same)
{
    write_small("t", NULL, NULL);
    wio_error err = {0};
    wio_table *a = read_ok(scratch("t"), NULL);
    ck_assert_msg(wio_table_write_folder(a, scratch("u"), false, &err) == WIO_OK, "%s",
                  err.message);
    wio_table *b = read_ok(scratch("u"), NULL);
    same_table(a, b);
    wio_table_free(a);
    wio_table_free(b);
    ck_assert_uint_eq(scratch_files(), 2);
}
END_TEST

START_TEST(the_embedded_tables_come_back_with_every_double)
{
    static const char *const names[] = {"us-2017", "world-2009", "world-2011"};
    for (size_t i = 0; i < 3; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "studies/tables/%s", names[i]);
        wio_table *a = read_ok(path, NULL);
        ck_assert_int_eq(wio_table_write_folder(a, scratch(names[i]), false, NULL), WIO_OK);
        wio_table *b = read_ok(scratch(names[i]), NULL);
        same_table(a, b);
        wio_table_free(a);
        wio_table_free(b);
    }
}
END_TEST

/* Property: numbers of any size, labels that need quotes, origins in any order. _i is the seed. */
START_TEST(random_tables_survive_a_folder)
{
    uint64_t state = (uint64_t)_i + 1;
    static const char *const region[] = {"NO", "a,b"};
    static const char *const sector[] = {"01.10", "say \"x\"", "S 3", "01.10", "S 3"};
    double Z[15], Y[10], P[3], S[6];
    for (size_t i = 0; i < 15; i++) {
        Z[i] = random_uniform(&state) * pow(10, 20 * random_uniform(&state) - 10);
    }
    for (size_t i = 0; i < 10; i++) {
        Y[i] = random_uniform(&state) - (i % 2 == 0 ? 0.0 : 0.5);
    }
    for (size_t i = 0; i < 6; i++) {
        S[i] = random_uniform(&state) < 0.5 ? NAN : 1e5 * random_uniform(&state);
        P[i / 2] = random_uniform(&state) - 0.1;
    }
    const wio_table_arrays arrays = {
        .name = "random",
        .title = "tab\there, \"quotes\", back\\slash, caf\xc3\xa9\xc2\x85\xe2\x80\xa8",
        .currency = "EUR",
        .year = 1999,
        .price_basis = "producer",
        .import_split = "mixed",
        .household_income = NAN,
        .regions = 2,
        .region_code = region,
        .endogenous = (const bool[]){true, false},
        .valuation = (const char *const[]){"basic", "duty_paid"},
        .n = 3,
        .m = 5,
        .origin_region = (const size_t[]){0, 0, 0, 1, 1},
        .origin_sector = sector,
        .f = 2,
        .final_region = (const size_t[]){0, 1},
        .final_use = (const char *const[]){"HH", "=EXP"},
        .final_role = (const wio_role[]){WIO_ROLE_HOUSEHOLD, WIO_ROLE_EXPORT},
        .p = 1,
        .primary_item = (const char *const[]){"va"},
        .primary_role = (const wio_role[]){WIO_ROLE_VALUE_ADDED},
        .k = 2,
        .account = (const char *const[]){"jobs", "CO2, tons"},
        .account_unit = (const char *const[]){"persons", "t"},
        .Z = Z,
        .Y = Y,
        .P = P,
        .S = S};
    wio_table *a = NULL;
    wio_error err = {0};
    for (size_t i = 0; i < 6; i += 2) { /* sales that keep every output positive */
        Y[i] += 1e-3;
        Y[i + 1] = fabs(Y[i + 1]);
    }
    ck_assert_msg(wio_table_create(&a, &arrays, NULL, &err) == WIO_OK, "%s", err.message);
    ck_assert_msg(wio_table_write_folder(a, scratch("r"), false, &err) == WIO_OK, "%s",
                  err.message);
    wio_table *b = read_ok(scratch("r"), NULL);
    same_table(a, b);
    wio_table_free(a);
    wio_table_free(b);
}
END_TEST

START_TEST(a_table_is_replaced_only_when_asked_and_keeps_its_readme)
{
    write_small("t", NULL, NULL);
    wio_error err = {0};
    wio_table *a = read_ok(scratch("t"), NULL), *mrio = toy_mrio();
    scratch_write("t/README.md", "by hand");
    ck_assert_int_eq(wio_table_write_folder(mrio, scratch("t"), false, &err), WIO_E_CREATE);
    ck_assert_ptr_nonnull(strstr(err.message, "exists"));
    err = (wio_error){0};
    ck_assert_msg(wio_table_write_folder(mrio, scratch("t/"), true, &err) == WIO_OK, "%s",
                  err.message);
    wio_table *b = read_ok(scratch("t"), NULL);
    same_table(mrio, b);
    ck_assert_int_eq(access(scratch("t/README.md"), R_OK), 0);
    ck_assert_int_ne(access(scratch("t/rates.csv"), R_OK), 0);
    ck_assert_uint_eq(scratch_files(), 1);
    wio_table_free(a);
    wio_table_free(b);
    wio_table_free(mrio);
}
END_TEST

START_TEST(what_is_no_table_is_never_replaced)
{
    wio_table *table = toy3();
    wio_error err = {0};
    write_small("t", NULL, NULL);
    scratch_write("t/thesis.doc", "years of work");
    ck_assert_int_eq(wio_table_write_folder(table, scratch("t"), true, &err), WIO_E_CREATE);
    ck_assert_ptr_nonnull(strstr(err.message, "thesis.doc"));
    ck_assert_int_eq(mkdir(scratch("empty"), 0777), 0);
    err = (wio_error){0};
    ck_assert_int_eq(wio_table_write_folder(table, scratch("empty"), true, &err), WIO_E_CREATE);
    ck_assert_ptr_nonnull(strstr(err.message, "no table folder"));
    scratch_write("file", "x");
    err = (wio_error){0};
    ck_assert_int_eq(wio_table_write_folder(table, scratch("file"), true, &err), WIO_E_CREATE);
    ck_assert_ptr_nonnull(strstr(err.message, "no folder"));
    ck_assert_int_eq(wio_table_write_folder(table, scratch("a/b"), true, NULL), WIO_E_CREATE);
    ck_assert_int_eq(wio_table_write_folder(table, scratch("file/b"), true, NULL), WIO_E_CREATE);
    ck_assert_int_eq(wio_table_write_folder(table, "", true, NULL), WIO_E_CREATE);
    ck_assert_int_eq(wio_table_write_folder(table, scratch(".."), true, NULL), WIO_E_CREATE);
    ck_assert_uint_eq(scratch_files(), 3);
    wio_table_free(table);
}
END_TEST

START_TEST(data_named_like_another_file_is_not_written)
{
    static const char *const names[] = {"../x.csv", "flows.csv", ".csv", "x.txt", ".hidden.csv"};
    write_small("t", NULL, NULL);
    wio_table *table = read_ok(scratch("t"), NULL);
    char *own = table->frame[0].file;
    for (size_t i = 0; i < 5; i++) {
        wio_error err = {0};
        table->frame[0].file = (char *)(uintptr_t)names[i];
        ck_assert_int_eq(wio_table_write_folder(table, scratch("u"), true, &err), WIO_E_FORMAT);
        ck_assert_ptr_nonnull(strstr(err.message, names[i]));
    }
    table->frame[0].file = own;
    wio_table_free(table);
    ck_assert_uint_eq(scratch_files(), 1);
}
END_TEST

START_TEST(every_failed_write_leaves_nothing_behind)
{
    write_small("t", NULL, NULL);
    wio_table *table = read_ok(scratch("t"), NULL);
    wio_status status = WIO_E_WRITE;
    long budget = 0;
    for (; status != WIO_OK; budget++) {
        wio_error err = {0};
        ck_assert_int_lt(budget, 200);
        wio_write_budget = budget;
        status = wio_table_write_folder(table, scratch("u"), false, &err);
        wio_write_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_WRITE || status == WIO_E_CREATE);
        ck_assert_int_eq(err.status, status);
        ck_assert_uint_eq(scratch_files(), status == WIO_OK ? 2 : 1);
    }
    /* 11 files of five operations, the folder, its sync, its rename and the sync above it */
    ck_assert_int_eq(budget, 11 * 5 + 4 + 1);
    wio_table_free(table);
}
END_TEST

START_TEST(every_failed_write_keeps_the_table_that_was_there)
{
    write_small("t", NULL, NULL);
    wio_table *table = toy_mrio(), *old = read_ok(scratch("t"), NULL);
    wio_status status = WIO_E_WRITE;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 200);
        wio_write_budget = budget;
        status = wio_table_write_folder(table, scratch("t"), true, NULL);
        wio_write_budget = -1;
        ck_assert_uint_eq(scratch_files(), 1);
        wio_table *now = read_ok(scratch("t"), NULL); /* the old or the new one, whole */
        same_table(now->n == 2 ? old : table, now);
        wio_table_free(now);
    }
    wio_table_free(table);
    wio_table_free(old);
}
END_TEST

/* A folder with a subfolder, as a table or a pymrio folder is half written; the living one's stays. */
START_TEST(folders_that_a_dead_process_left_are_swept)
{
    wio_table *table = toy3();
    wio_tree living = {0};
    ck_assert_int_eq(wio_tree_begin(&living, scratch("mine"), NULL, false, NULL), WIO_OK);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        char name[400];
        wio_tree dying = {0};
        wio_status status = wio_tree_begin(&dying, scratch("u"), NULL, false, NULL);
        (void)snprintf(name, sizeof name, "%s/deep", status == WIO_OK ? dying.temporary : "");
        bool made = status == WIO_OK && mkdir(name, 0777) == 0;
        (void)snprintf(name, sizeof name, "%s/deep/F.txt", made ? dying.temporary : "");
        _exit(made && wio_file_write(name, "half", 4, false, NULL) == WIO_OK ? 0 : 1);
    }
    int how = 1;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert_int_eq(how, 0);
    ck_assert_uint_eq(scratch_files(), 2);
    ck_assert_int_eq(wio_table_write_folder(table, scratch("u"), false, NULL), WIO_OK);
    ck_assert_uint_eq(scratch_files(), 2); /* the living one's, and u */
    ck_assert_int_eq(access(living.temporary, F_OK), 0);
    wio_tree_abort(&living);
    ck_assert_uint_eq(scratch_files(), 1);
    wio_table_free(table);
}
END_TEST

START_TEST(every_allocation_failure_is_reported)
{
    write_small("t", NULL, NULL);
    wio_status status = WIO_E_MEMORY;
    wio_table *table = NULL;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 2000);
        wio_error err = {0};
        wio_alloc_budget = budget;
        status = wio_table_read_folder(&table, scratch("t"), NULL, &err);
        wio_alloc_budget = -1;
        ck_assert_msg(status == WIO_OK || status == WIO_E_MEMORY, "%ld: %d %s", budget, status,
                      err.message);
        ck_assert_int_eq(err.status, status);
        ck_assert(status == WIO_OK || wio_alloc_live == 0);
    }
    long live = wio_alloc_live;
    status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        ck_assert_int_lt(budget, 2000);
        wio_alloc_budget = budget;
        status = wio_table_write_folder(table, scratch("u"), false, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY || status == WIO_E_WRITE);
        ck_assert_int_eq(wio_alloc_live, live);
        ck_assert_uint_eq(scratch_files(), status == WIO_OK ? 2 : 1);
    }
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

/* --- mistakes ------------------------------------------------------------------------------------------ */

static const struct {
    const char *file, *text, *line;
} mistakes[] = {
    {"regions.csv", NULL, "regions.csv: error: this file is missing"},
    {"flows.csv", NULL, "flows.csv: error: this file is missing"},
    {"regions.csv", "", "regions.csv:1:1: error: the file is empty"},
    {"regions.csv", "code,name\nHOME,x\n",
     "regions.csv:1:1: error: column 'endogenous' is missing"},
    {"regions.csv", "code,name,endogenous\nHOME,x,yes\n",
     "regions.csv:2:3: error: endogenous is 'yes'"},
    {"regions.csv", "code,name,endogenous\nHOME,x,1\nOUT,x,0\nHOME,x,1\n",
     "regions.csv:4:1: error: region 'HOME' is there twice (first at line 2)"},
    {"regions.csv", "code,name,endogenous\n,x,1\n", "regions.csv:2:1: error: a region without"},
    {"regions.csv", "code,name,endogenous,code\nHOME,x,1,\nOUT,x,0,\n",
     "regions.csv:1:4: error: column 'code' is there twice (first in column 1)"},
    {"regions.csv", "code,name,endogenuos\nHOME,x,1\n",
     "regions.csv:1:3: warning: column 'endogenuos' is not used (did you mean 'endogenous'?)"},
    {"regions.csv", "code,name,endogenous\nHOME,x,0\nOUT,x,0\n",
     "sectors.csv: error: no endogenous region has a sector"},
    {"regions.csv", "code,name,endogenous\n", "regions.csv:1:1: error: no region is listed"},
    {"sectors.csv", "code,name,region\nC,Chips,OUTER\n",
     "sectors.csv:2:3: error: unknown region 'OUTER'"},
    {"sectors.csv", "code,name\nA,x\nB,x\nA,x\n",
     "sectors.csv:4:1: error: sector 'A' is there twice (first at line 2)"},
    {"sectors.csv", "code,name,region\nA,x,HOME\nB,x,HOME\nC,x,OUT\nA,x,HOME\n",
     "sectors.csv:5:1: error: sector 'A' of region 'HOME' is there twice (first at line 2)"},
    {"sectors.csv", "code,name,region\nA,x,HOME\nA,y,OUT\nB,x,HOME\nC,x,OUT\n",
     "sectors.csv:3:2: warning: sector 'A' has another name at line 2"},
    {"sectors.csv", "code,name\nA,x\n", "unknown sector or final use 'B'"},
    {"sectors.csv", "code,name\nA,x,y\n", "sectors.csv:2:3: error: expected 2 cells"},
    {"uses.csv", "code,name,role\nHH,x,family\nEXP,x,export\n",
     "uses.csv:2:3: error: role 'family': write household"},
    {"uses.csv", "code,name,role\nHH,x,tax\nEXP,x,export\n", "uses.csv:2:3: error: role 'tax'"},
    {"primary_items.csv", "item,name,role\nwages,x,export\nrest,x,surplus\n",
     "primary_items.csv:2:3: error: role 'export': write compensation"},
    {"groups.csv", "group,sector\nall,A\n", "groups.csv:2:1: error: 'all' always means every"},
    {"groups.csv", "group,sector\nA,B\n", "groups.csv:2:1: error: this is also the code of a"},
    {"groups.csv", "group,sector\n,B\n", "groups.csv:2:1: error: a group has no code"},
    {"groups.csv", "group,sector\ng,X\n", "groups.csv:2:2: error: unknown sector 'X'"},
    {"groups.csv", "group,sector\ng,A\ng,A\n",
     "groups.csv:3:2: error: sector 'A' is in group 'g' twice"},
    {"flows.csv",
     ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,EXP\nOUT,C,1,1,2,0\nHOME,A,1,,6.5,0.5\n"
     "HOME,B,3,4,10,n/a\n",
     "flows.csv:4:4: error: an empty cell: write 0 where there is no flow"},
    {"flows.csv",
     ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,EXP\nOUT,C,1,1,2,0\nHOME,A,1,,6.5,0.5\n"
     "HOME,B,3,4,10,n/a\n",
     "flows.csv:5:6: error: 'n/a' is not a number (decimal point, no other separators)"},
    {"flows.csv", ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,EXP\nOUT,C,1,1,2\n",
     "flows.csv:3:5: error: expected 6 cells as in the first line, got 5"},
    {"flows.csv", ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,EXP\nOUT,C,1,1,2,0\nHOME,A,1,1,1,1\n",
     "flows.csv: error: row HOME,B is missing"},
    {"flows.csv", ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,EXP\nOUT,C,1,1,2,0\nOUT,C,1,1,2,0\n",
     "flows.csv:4:1: error: row OUT,C is there twice (first at line 3)"},
    {"flows.csv", ",,HOME,HOME,HOME,OUT\nregion,sector,A,A,HH,EXP\n",
     "flows.csv:2:4: error: column HOME,A is there twice (first in column 3)"},
    {"flows.csv", ",,HOME,HOME,HOME,OUT\nregion,sector,A,A,HH,EXP\n",
     "flows.csv:2:1: error: column HOME,B is missing"},
    {"flows.csv", ",,HOME,HOME,HOME,HOME\nregion,sector,A,B,HH,HH\n",
     "flows.csv:2:6: error: column HOME,HH is there twice (first in column 5)"},
    {"flows.csv", ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,C\n",
     "flows.csv:2:6: error: region 'OUT' is not endogenous"},
    {"flows.csv", ",,HOME,HOEM,HOME,OUTT\nregion,sector,A,B,HH,EXP\n",
     "flows.csv:1:4: error: unknown region 'HOEM' (did you mean 'HOME'?)"},
    {"flows.csv", ",,HOME,HOEM,HOME,OUTT\nregion,sector,A,B,HH,EXP\n",
     "flows.csv:1:6: error: unknown region 'OUTT' (did you mean 'OUT'?)"},
    {"flows.csv", ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,EXP\nOUT,A,1,1,2,0\n",
     "flows.csv:3:2: error: region 'OUT' has no sector 'A' in sectors.csv"},
    {"flows.csv", ",,HOME\nsector,region,A\n",
     "flows.csv:2:1: error: the second header line has to say 'region' here"},
    {"flows.csv", ",,HOME\n", "flows.csv:2:1: error: two header lines of the same length"},
    {"primary.csv", ",HOME,HOME,HOME\nitem,A,B,HH\nwages,4,10,0\nrest,1,3,0\n",
     "primary.csv:2:4: error: 'HH' is a final use: only flows.csv has columns for it"},
    {"primary.csv", ",HOME,HOME\nitem,A,B\nwagse,4,10\nrest,1,3\n",
     "primary.csv:3:1: error: unknown primary item 'wagse' (did you mean 'wages'?)"},
    {"primary.csv", ",HOME,HOME\nitem,A,B\nwages,4,10\n",
     "primary.csv: error: row 'rest' is missing"},
    {"primary.csv", ",HOME,HOME\nitem,A,B\nwages,4,\nrest,1,3\n",
     "primary.csv:3:3: error: an empty cell"},
    {"satellites.csv", ",,HOME,HOME\naccount,unit,A,B\njobs,persons,:,1\n",
     "satellites.csv:3:3: error: ':' is not a number (leave the cell empty where it is unknown)"},
    {"satellites.csv", ",,HOME,HOME\naccount,unit,A,B\njobs,persons,1,1\njobs,persons,1,1\n",
     "satellites.csv:4:1: error: row jobs is there twice (first at line 3)"},
    {"satellites.csv", ",,HOME,HOME\naccount,unit,A,B\njobs,,1,1\n",
     "satellites.csv:3:1: error: an account needs a code and a unit"},
    {"satellites_notes.csv", "account,region,sector,note\njbos,HOME,B,x\n",
     "satellites_notes.csv:2:1: error: unknown account 'jbos' (did you mean 'jobs'?)"},
    {"rates.csv", "sector,,rate\n", "rates.csv:1:2: error: a column without a name"},
    {"rates.csv", "sector,rate,rate\n", "rates.csv:1:3: error: column 'rate' is there twice"},
    {"rates.csv", "sector,rate\nA\n", "rates.csv:2:1: error: expected 2 cells"},
    {"rates.csv", "sector,rate\nA,\"1\n", "rates.csv:2:2: error: a quote is opened here"},
    {"table.yaml", "name: x\n", "table.yaml:1:1: error: key 'unit' is missing"},
    {"table.yaml", "name: x\nunits: million EUR\n",
     "table.yaml:2:1: error: unknown key 'units' (did you mean 'unit'?)"},
    {"table.yaml", "unit: thousand EUR\n",
     "table.yaml:1:7: error: unit is 'thousand EUR': amounts have to be in millions"},
    {"table.yaml", "unit: million EUR\nprimary_unit: million USD\n",
     "table.yaml:2:15: error: primary_unit has to be the same"},
    {"table.yaml", "price_basis: purchaser\n",
     "table.yaml:1:14: error: price_basis is 'purchaser': write basic or producer"},
    {"table.yaml", "import_split: guessed\n", "write survey, proportional or mixed"},
    {"table.yaml", "year: 2017.5\n", "table.yaml:1:7: error: year is '2017.5'"},
    {"table.yaml", "year: soon\n", "table.yaml:1:7: error: 'year' has to be a number"},
    {"table.yaml", "name: [x]\n", "table.yaml:1:7: error: 'name' has to be text"},
    {"table.yaml", "sources: one\n", "table.yaml:1:10: error: 'sources' has to be a list"},
    {"table.yaml", "notes: [a: b]\n", "table.yaml:1:9: error: an item of 'notes' has to be text"},
    {"table.yaml", "import_valuation: {OUT: cif}\n",
     "table.yaml:1:25: error: import_valuation of OUT: write customs, duty_paid or basic"},
    {"table.yaml", "import_valuation: {OTU: customs}\n",
     "table.yaml:1:20: error: import_valuation: 'OTU' is no region"},
    {"table.yaml", "import_valuation: customs\n", "import_valuation has to be {REGION:"},
    {"table.yaml", "household_income: {amount: much}\n", "'amount' has to be a number"},
    {"table.yaml", "household_income: {amount: 1, unit: m}\n",
     "the unit of household_income has to be the table's"},
    {"table.yaml", "name: 'open\n", "table.yaml:"},
    {"table.yaml", "just text\n", "table.yaml:1:1: error: table.yaml has to be 'key: value' lines"},
};

START_TEST(mistakes_are_named_with_their_place)
{
    write_small("t", mistakes[_i].file, mistakes[_i].text);
    wio_table *table = NULL;
    wio_log *log = new_log();
    wio_error err = {0};
    wio_status status = wio_table_read_folder(&table, scratch("t"), log, &err);
    bool warning = strstr(mistakes[_i].line, "has another name") != NULL;
    ck_assert_int_eq(status, WIO_E_FORMAT);
    ck_assert_ptr_null(table);
    ck_assert(warning || err.status == status);
    ck_assert_msg(logged(log, mistakes[_i].line), "no '%s', first is '%s'", mistakes[_i].line,
                  err.message);
    wio_log_free(log);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(mistakes_in_several_files_are_found_in_one_run)
{
    write_small("t", "flows.csv",
                ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,EXP\n"
                "OUT,C,1,1,2,0\nHOME,A,1,x,6.5,0.5\nHOME,B,3,4,10,3\n");
    scratch_write("t/table.yaml", "nmae: small\ntitle: t\nyear: 2020\nunit: million EUR\n"
                                  "price_basis: basic\nimport_split: survey\n");
    scratch_write("t/uses.csv", "code,name,role\nHH,x,family\nEXP,Exports,export\n");
    scratch_write("t/groups.csv", "group,sector\nfood,Z\n");
    scratch_write("t/primary.csv", ",HOME,HOME\nitem,A,B\nwages,4,ten\nrest,1,3\n");
    scratch_write("t/rates.csv", "sector,rate\nA\n");
    wio_table *table = NULL;
    wio_log *log = new_log();
    ck_assert_int_eq(wio_table_read_folder(&table, scratch("t"), log, NULL), WIO_E_FORMAT);
    static const char *const lines[] = {"table.yaml:1:1: error: unknown key 'nmae'",
                                        "uses.csv:2:3: error",
                                        "groups.csv:2:2: error",
                                        "flows.csv:4:4: error",
                                        "primary.csv:3:3: error",
                                        "rates.csv:2:1: error"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        ck_assert_msg(logged(log, lines[i]), "%s", lines[i]);
    }
    wio_log_free(log);
}
END_TEST

START_TEST(what_the_numbers_say_is_checked_after_the_form)
{
    write_small("t", "flows.csv",
                ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,EXP\n"
                "OUT,C,1,1,2,0\nHOME,A,1,2,-6.5,0.5\nHOME,B,3,4,10,3\n");
    wio_table *table = NULL;
    wio_error err = {0};
    ck_assert_int_eq(wio_table_read_folder(&table, scratch("t"), NULL, &err), WIO_E_TABLE);
    ck_assert_ptr_nonnull(strstr(err.message, "HOME.A has negative output (row sum -3)"));
}
END_TEST

START_TEST(a_folder_without_table_yaml_is_no_table)
{
    wio_table *table = NULL;
    wio_error err = {0};
    ck_assert_int_eq(mkdir(scratch("t"), 0777), 0);
    ck_assert_int_eq(wio_table_read_folder(&table, scratch("t"), NULL, &err), WIO_E_NO_INPUT);
    ck_assert_ptr_nonnull(strstr(err.message, "it has no table.yaml"));
    err = (wio_error){0};
    ck_assert_int_eq(wio_table_read_folder(&table, scratch("none"), NULL, &err), WIO_E_NO_INPUT);
    ck_assert_ptr_nonnull(strstr(err.message, "No such file"));
    ck_assert_int_eq(mkdir(scratch("t/table.yaml"), 0777), 0);
    err = (wio_error){0};
    ck_assert_int_eq(wio_table_read_folder(&table, scratch("t"), NULL, &err), WIO_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "not a regular file but a folder"));
}
END_TEST

/* --- names --------------------------------------------------------------------------------------------- */

START_TEST(tables_are_found_by_name_and_by_path)
{
    wio_table *table = NULL;
    wio_error err = {0};
    (void)unsetenv("WASSILY_TABLES");
    ck_assert_msg(wio_table_open(&table, "us-2017", NULL, NULL, &err) == WIO_OK, "%s", err.message);
    ck_assert_uint_eq(table->n, 113);
    wio_table_free(table);

    write_small("mine", NULL, NULL);
    (void)setenv("WASSILY_TABLES", scratch(""), 1);
    ck_assert_int_eq(wio_table_open(&table, "mine", "/nowhere", NULL, NULL), WIO_OK);
    wio_table_free(table);
    char **names = NULL;
    ck_assert_int_eq(wio_table_names(&names, NULL), WIO_OK);
    ck_assert_str_eq(names[0], "mine");
    ck_assert_str_eq(names[1], "us-2017");
    ck_assert_str_eq(names[2], "world-2009");
    ck_assert_str_eq(names[3], "world-2011");
    ck_assert_ptr_null(names[4]);
    wio_free(names);

    (void)setenv("WASSILY_TABLES", "", 1);
    ck_assert_int_eq(wio_table_open(&table, "mine", scratch(""), NULL, NULL), WIO_OK);
    wio_table_free(table);
    ck_assert_int_eq(wio_table_open(&table, scratch("mine"), "/nowhere", NULL, NULL), WIO_OK);
    wio_table_free(table);
    ck_assert_int_eq(wio_table_open(&table, "./mine", scratch("."), NULL, NULL), WIO_OK);
    wio_table_free(table);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(a_table_that_is_not_there_is_told_with_its_neighbour)
{
    wio_table *table = NULL;
    wio_error err = {0};
    (void)unsetenv("WASSILY_TABLES");
    ck_assert_int_eq(wio_table_open(&table, "us2017", "studies", NULL, &err), WIO_E_NO_INPUT);
    ck_assert_ptr_nonnull(strstr(err.message, "no table 'us2017' (did you mean 'us-2017'?)"));
    ck_assert_int_eq(wio_table_open(&table, "", NULL, NULL, NULL), WIO_E_ARGUMENT);
    ck_assert_int_eq(wio_table_open(&table, "/dev/null", NULL, NULL, &err), WIO_E_NO_INPUT);
    ck_assert_ptr_null(table);
}
END_TEST

START_TEST(opening_reports_every_allocation_failure)
{
    (void)setenv("WASSILY_TABLES", scratch(""), 1);
    write_small("mine", NULL, NULL);
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        wio_table *table = NULL;
        ck_assert_int_lt(budget, 2000);
        wio_alloc_budget = budget;
        status = wio_table_open(&table, "mine", NULL, NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        wio_table_free(table);
        ck_assert_int_eq(wio_alloc_live, 0);
    }
    status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        char **names = NULL;
        ck_assert_int_lt(budget, 200);
        wio_alloc_budget = budget;
        status = wio_table_names(&names, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        wio_free(names);
        ck_assert_int_eq(wio_alloc_live, 0);
    }
}
END_TEST

/* --- demand --------------------------------------------------------------------------------------------- */

START_TEST(a_demand_is_read_by_label)
{
    wio_table *one = toy3(), *many = toy_mrio();
    double *f = NULL;
    scratch_write("f.csv", "demand,sector\n-2.5,S\n10,M\n");
    ck_assert_int_eq(wio_demand_read(&f, one, scratch("f.csv"), NULL, NULL), WIO_OK);
    static const double expected[] = {0, 10, -2.5};
    same_numbers(f, expected, 3);
    wio_free(f);
    scratch_write("g.csv", "region,sector,demand\nRW,S,1\nUS,G,2\n");
    ck_assert_int_eq(wio_demand_read(&f, many, scratch("g.csv"), NULL, NULL), WIO_OK);
    static const double by_region[] = {2, 0, 0, 0, 0, 1};
    same_numbers(f, by_region, 6);
    wio_free(f);
    wio_table_free(one);
    wio_table_free(many);
    ck_assert_int_eq(wio_alloc_live, 0);
}
END_TEST

START_TEST(mistakes_in_a_demand_are_all_named)
{
    wio_table *table = toy3();
    wio_log *log = new_log();
    double *f = NULL;
    scratch_write("f.csv", "region,sector,demand\nUS,M,ten\nUZ,M,1\nUS,Q,1\nCN,M,1\nUS,A,1\n"
                           "US,A,2\nUS,A\n");
    ck_assert_int_eq(wio_demand_read(&f, table, scratch("f.csv"), log, NULL), WIO_E_FORMAT);
    ck_assert_ptr_null(f);
    static const char *const lines[] = {
        "f.csv:2:3: error: demand is 'ten', not a number (million USD)",
        "f.csv:3:1: error: unknown region 'UZ' (did you mean 'US'?)",
        "f.csv:4:2: error: unknown sector 'Q'",
        "f.csv:5:2: error: CN.M produces nothing in this table: it is only imported",
        "f.csv:7:2: error: US.A is there twice (first at line 6)",
        "f.csv:8:1: error: expected 3 cells"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        ck_assert_msg(logged(log, lines[i]), "%s", lines[i]);
    }
    static const struct {
        const char *text, *line;
    } heads[] = {{"sector,amount\n", "h.csv:1:2: error: unknown column 'amount'"},
                 {"sector,sector,demand\n", "h.csv:1:2: error: column 'sector' is there twice"},
                 {"sector\n", "h.csv:1:1: error: there is no column 'demand'"},
                 {"", "h.csv:1:1: error: the file is empty"}};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        scratch_write("h.csv", heads[i].text);
        ck_assert_int_eq(wio_demand_read(&f, table, scratch("h.csv"), log, NULL), WIO_E_FORMAT);
        ck_assert_msg(logged(log, heads[i].line), "%s", heads[i].line);
    }
    wio_log_free(log);
    wio_table_free(table);
}
END_TEST

START_TEST(reading_a_demand_reports_every_allocation_failure)
{
    wio_table *table = toy3();
    long live = wio_alloc_live;
    scratch_write("f.csv", "sector,demand\nA,1\n");
    wio_status status = WIO_E_MEMORY;
    for (long budget = 0; status != WIO_OK; budget++) {
        double *f = NULL;
        ck_assert_int_lt(budget, 50);
        wio_alloc_budget = budget;
        status = wio_demand_read(&f, table, scratch("f.csv"), NULL, NULL);
        wio_alloc_budget = -1;
        ck_assert(status == WIO_OK || status == WIO_E_MEMORY);
        wio_free(f);
        ck_assert_int_eq(wio_alloc_live, live);
    }
    double *none = NULL;
    ck_assert_int_eq(wio_demand_read(&none, table, scratch("none"), NULL, NULL), WIO_E_NO_INPUT);
    ck_assert_ptr_null(none);
    wio_table_free(table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table_folder");

    TCase *known = tcase_create("known answers");
    tcase_add_checked_fixture(known, scratch_make, scratch_remove);
    tcase_add_test(known, a_folder_becomes_a_table);
    tcase_add_test(known, labels_may_be_in_any_order);
    tcase_add_test(known, optional_files_may_be_absent);
    tcase_add_test(known, the_embedded_tables_have_their_totals);
    tcase_add_test(known, tables_are_found_by_name_and_by_path);
    tcase_add_test(known, a_demand_is_read_by_label);
    suite_add_tcase(suite, known);

    TCase *properties = tcase_create("properties");
    tcase_add_checked_fixture(properties, scratch_make, scratch_remove);
    tcase_add_test(properties, a_written_table_is_read_the_same);
    tcase_add_test(properties, the_embedded_tables_come_back_with_every_double);
    tcase_add_loop_test(properties, random_tables_survive_a_folder, 0, 10);
    tcase_add_test(properties, a_table_is_replaced_only_when_asked_and_keeps_its_readme);
    suite_add_tcase(suite, properties);

    TCase *failures = tcase_create("failures");
    tcase_add_checked_fixture(failures, scratch_make, scratch_remove);
    tcase_set_timeout(failures, 60);
    tcase_add_loop_test(failures, mistakes_are_named_with_their_place, 0,
                        sizeof mistakes / sizeof mistakes[0]);
    tcase_add_test(failures, mistakes_in_several_files_are_found_in_one_run);
    tcase_add_test(failures, what_the_numbers_say_is_checked_after_the_form);
    tcase_add_test(failures, a_folder_without_table_yaml_is_no_table);
    tcase_add_test(failures, what_is_no_table_is_never_replaced);
    tcase_add_test(failures, data_named_like_another_file_is_not_written);
    tcase_add_test(failures, every_failed_write_leaves_nothing_behind);
    tcase_add_test(failures, every_failed_write_keeps_the_table_that_was_there);
    tcase_add_test(failures, folders_that_a_dead_process_left_are_swept);
    tcase_add_test(failures, every_allocation_failure_is_reported);
    tcase_add_test(failures, a_table_that_is_not_there_is_told_with_its_neighbour);
    tcase_add_test(failures, opening_reports_every_allocation_failure);
    tcase_add_test(failures, mistakes_in_a_demand_are_all_named);
    tcase_add_test(failures, reading_a_demand_reports_every_allocation_failure);
    suite_add_tcase(suite, failures);

    return run_suite(suite);
}

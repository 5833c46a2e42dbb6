/* support.h - what the suites share: the end of main, the two small economies of MODEL 1.5 and 1.6,
 * a random number generator, the place of third-party data, a folder for files. */
#ifndef WIO_TEST_SUPPORT_H
#define WIO_TEST_SUPPORT_H

#include "../core/wassily.h"

#include <check.h>
#include <stdint.h>

/* Runs a suite as CK_RUN_SUITE, CK_VERBOSITY and so on say, frees it, and gives the exit status. */
int run_suite(Suite *suite);

/* A table that has to be made: fails the test with the reason when it cannot. */
wio_table *table_made(const wio_table_arrays *arrays);

/* A table of one region US for table_made: USD 2017, households' C, value_added, `jobs` in persons
 * where S is not NULL. Z [n x n], Y [n], P [n], S [n], sector [n] stay the caller's; what else
 * is to be different is set in what comes back. n at most 2200. */
wio_table_arrays one_region(const char *name, size_t n, const char *const *sector, const double *Z,
                            const double *Y, const double *P, const double *S);

/* Two sectors that need 1.1 of each other's output: stocks are drawn down, value added is lost. */
wio_table *unproductive(void);

/* TOY3: US endogenous, CN and RW exogenous; sectors A, M, S; money and jobs numerically as printed
 * in MODEL 1.5. */
wio_table *toy3(void);
void toy_coefficients(double A[9], double x[3]); /* of TOY3 */

/* TOY-MRIO: US, CN, RW, all endogenous; sectors G, S; one household column per region, one
 * value_added row, no jobs. */
wio_table *toy_mrio(void);

/* $WIO_TEST_DEPTH, 1 to 1000 and 1 where it is not set: how many times as long properties go on. */
int test_depth(void);

/* xorshift64*, [0, 1); the state must not be 0. */
double random_uniform(uint64_t *state);

/* A [n x n], about `density` of the elements nonzero, sizes over three decades, every column of sum
 * 1 - share. */
void random_matrix(double *A, size_t n, double density, double share, uint64_t *state);

/* [n] uniform between low and high; wio_free. */
double *random_vector(size_t n, double low, double high, uint64_t *state);

/* wio_multipliers that have to succeed; the numbers of a variable that has to be there; and that
 * these are `want`, each within the tolerance. */
wio_result *multipliers_of(const wio_table *table, const wio_household_options *households);
const double *numbers_of(const wio_result *result, const char *name);
void check_numbers(const wio_result *result, const char *name, const double *want, size_t count,
                   double tolerance);

void check_equal(const double *got, const double *want, size_t count);

/* Borrows its arrays, for as long as it is used; `weight` may be NULL. */
wio_concordance concordance_of(size_t count, const char *const *from, const char *const *to,
                               const double *weight);

/* The path of a file of third-party data ($WASSILY_DATA, else ../shared/data) in `path`, or false
 * with a line printed when it is not there: the test then returns. */
bool third_party(char *path, size_t size, const char *relative);

/* A temporary folder of one test: checked fixtures, and files in it. Paths are valid until the
 * fourth next call. */
void scratch_make(void);
void scratch_remove(void); /* with all that is in it */
const char *scratch(const char *name);
void scratch_write(const char *name, const char *text); /* NAME may have a folder that is there */
size_t scratch_files(void);                             /* entries in the folder itself */

/* A log without a stream; whether a line of it has the text in it. */
wio_log *new_log(void);
bool logged(const wio_log *log, const char *text);

/* Further files of a table: one more, from its text; one as text, its cells as they are. Whether a note is
 * there, letter by letter. */
void add_file(wio_table *table, const char *name, const char *text);
void check_file(const wio_table *table, const char *file, const char *want);
bool noted(const wio_table *table, const char *note);
void check_note(const wio_table *table, const char *note);

#endif

/* assemble.h - outcomes of a study become a result (core/result.h lists the variables). */
#ifndef WIO_ASSEMBLE_H
#define WIO_ASSEMBLE_H

#include "../../core/result.h"
#include "scenario.h"

/* outcome [cases x scenarios], case 0 with the ledger; break_even [scenarios] or NULL. */
wio_status wio_assemble(wio_result **out, const wio_economy *economy, const wio_study *study,
                        const wio_outcome *outcome, const double *break_even,
                        const wio_run_options *options, wio_error *err);
/* Dimension activity with its coordinates; dimension origin with its own when there is one. */
wio_status wio_assemble_labels(wio_result *result, const wio_economy *economy, wio_error *err);
/* Table, closure, certificate and provenance attributes. */
wio_status wio_assemble_attributes(wio_result *result, const wio_economy *economy,
                                   const wio_study *study, const wio_outcome *outcome,
                                   const wio_run_options *options, wio_error *err);
wio_status wio_assemble_certificate(wio_result *result, const wio_certificate *certificate,
                                    wio_error *err);

#endif
